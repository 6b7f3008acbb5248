"""Case files, one `EvalCase` a line, in the format that the public packs use too (../shared/data/README.md)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field, field_validator

from assistant.errors import UserError
from assistant.types import Turn
from evals.cases.case import EvalCase, Evidence
from evals.cases.jsonl import Line, Object, Text, check, not_blank, read_objects

OWN = Path(__file__).parent


class TurnLine(Line):
    role: Literal["user", "assistant"] = Field(description='"user" or "assistant"')
    content: Text | None = Field(None, description="a text")


class EvidenceLine(Line):
    document: Text = Field(description="a text that is not empty")
    quote: Text | None = Field(None, description="a text that is not empty, or left out")
    start: int | None = Field(None, ge=0, description="a whole number from 0")

    _words = field_validator("document", "quote")(not_blank)


class CaseLine(Line):
    model_config = ConfigDict(extra="forbid")

    id: Text = Field(description="a text that is not empty")
    question: Text = Field(description="a text that is not empty")
    answerable: bool = Field(description="true or false")
    history: list[Object] | None = Field(None, description="a list of objects")
    rewrite: Text | None = Field(None, description="a text")
    answers: list[Text] | None = Field(None, description="a list of texts")
    match: Literal["any", "all"] = Field("any", description='"any" or "all"')
    wrong_answers: list[Text] | None = Field(None, description="a list of texts")
    choices: list[Text] | None = Field(None, description="a list of texts")
    evidence: list[Object] | None = Field(None, description="a list of objects")
    documents: list[Text] | None = Field(None, description="a list of texts")
    as_of: Text | None = Field(None, description="a day like 2026-03-31")
    follows: Text | None = Field(None, description="the id of an earlier case")
    tags: list[Text] | None = Field(None, description="a list of texts")
    note: object = None  # for people

    _words = field_validator("id", "question")(not_blank)

    @field_validator("answers")
    @classmethod
    def _some(cls, answers: list[str] | None) -> list[str] | None:
        if answers is not None and not any(answer.strip() for answer in answers):
            raise ValueError("a list of at least one text, or left out")
        return answers

    @field_validator("as_of")
    @classmethod
    def _day(cls, day: str | None) -> str | None:
        try:
            date.fromisoformat(day or "2026-03-31")
        except ValueError:
            raise ValueError("a day like 2026-03-31") from None
        return day


class ConversationLine(Line):
    """A conversation is one line: each turn is asked after the answers that were really given before it."""

    model_config = ConfigDict(extra="forbid")

    id: Text = Field(description="a text that is not empty")
    turns: list[Object] = Field(
        min_length=1, description="a list of at least one turn, each with its question"
    )
    documents: list[Text] | None = Field(None, description="a list of texts")
    as_of: Text | None = Field(None, description="a day like 2026-03-31")
    tags: list[Text] | None = Field(None, description="a list of texts")
    note: object = None  # for people

    _words = field_validator("id")(not_blank)


def read_cases(path: Path) -> list[EvalCase]:
    """The cases of a file, in its order; UserError names the file and line of the first that is wrong."""
    cases: dict[str, EvalCase] = {}
    for place, row in read_objects(path):
        for turn_place, turn in _turns(place, row):
            case = _case(turn_place, check(turn_place, turn, CaseLine))
            if case.id in cases:
                raise UserError(f"{turn_place}: the id {case.id!r} is used twice; give each case its own id.")
            if case.follows is not None and case.follows not in cases:
                raise UserError(f"{turn_place}: it follows {case.follows!r}, which is no case before it.")
            cases[case.id] = case
    if not cases:
        raise UserError(f"{path}: no cases; write one JSON object a line.")
    return list(cases.values())


def _turns(place: str, row: Object) -> Iterator[tuple[str, Object]]:
    """The line itself; of a conversation each turn as a line that follows the one before, with what they share."""
    if "turns" not in row:
        yield place, row
        return
    whole = check(place, row, ConversationLine)
    shared: Object = {name: row[name] for name in ("tags", "documents", "as_of") if name in row}
    for number, turn in enumerate(whole.turns, 1):
        follows = {"follows": f"{whole.id}.{number - 1}"} if number > 1 else {}
        yield f"{place}, turn {number}", {**shared, **turn, "id": f"{whole.id}.{number}", **follows}


def own_cases() -> list[EvalCase]:
    """All of ours, over the sample corpus."""
    return [case for path in sorted(OWN.glob("*.jsonl")) for case in read_cases(path)]


def gather(case_files: Sequence[Path]) -> list[EvalCase]:
    """The cases of all files; where two files share an id, every id is prefixed with its file's name."""
    if not case_files:
        raise UserError("No case file was given; name one, for example evals/cases/news.jsonl.")
    read = {path: read_cases(path) for path in dict.fromkeys(case_files)}
    ids = [case.id for cases in read.values() for case in cases]
    if len(set(ids)) == len(ids):
        return [case for cases in read.values() for case in cases]
    names = {path: path.stem for path in read}
    if len(set(names.values())) < len(names):
        names = {path: f"{path.resolve().parent.name}/{path.stem}" for path in read}
    if len(set(names.values())) < len(names):
        raise UserError("Two case files share their names and ids; rename one of the files.")
    return [_prefixed(case, names[path]) for path, cases in read.items() for case in cases]


def _prefixed(case: EvalCase, name: str) -> EvalCase:
    follows = f"{name}:{case.follows}" if case.follows else None
    return replace(case, id=f"{name}:{case.id}", follows=follows)


def pack_name(case_files: Sequence[Path]) -> str:
    """The folder of files called cases*.jsonl, as public packs have it, else the name of the file itself."""
    names = (
        path.resolve().parent.name if path.stem.startswith("cases") else path.stem for path in case_files
    )
    return "+".join(dict.fromkeys(names))


def _case(place: str, line: CaseLine) -> EvalCase:
    turns = [check(f"{place}, history", row, TurnLine) for row in line.history or ()]
    evidence = [check(f"{place}, evidence", row, EvidenceLine) for row in line.evidence or ()]
    return EvalCase(
        id=line.id,
        question=line.question,
        answerable=line.answerable,
        history=tuple(Turn(turn.role, turn.content or "") for turn in turns),
        rewrite=line.rewrite,
        answers=_tuple(line.answers),
        match=line.match,
        wrong_answers=tuple(line.wrong_answers or ()),
        choices=_tuple(line.choices),
        evidence=tuple(map(_evidence, evidence)),
        documents=_tuple(line.documents),
        as_of=date.fromisoformat(line.as_of) if line.as_of else None,
        tags=tuple(line.tags or ()),
        follows=line.follows,
        place=place,
    )


def _evidence(line: EvidenceLine) -> Evidence:
    return Evidence(line.document) if line.quote is None else Evidence(line.document, line.quote, line.start)


def _tuple(texts: list[str] | None) -> tuple[str, ...] | None:
    """None where the field is left out, which differs from an empty list."""
    return None if texts is None else tuple(texts)
