"""The pairs of passages that training never sees, as a corpus and cases."""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.errors import UserError
from evals.cases import EvalCase, Evidence
from evals.training.rows import PAIRS, is_pair_held_out, read_pairs

MAX_QUESTIONS = 400  # questions asked; of more, as many are drawn, the same each time
Pair = dict[str, Any]


def held_out_pairs(path: Path = PAIRS) -> list[Pair]:
    return [pair for pair in read_pairs(path) if is_pair_held_out(pair)]


def write_corpus(pairs: Sequence[Pair], path: Path) -> None:
    """A document for each passage, in the format of the packs; UserError where the file cannot be written."""
    rows = [
        {"id": _document(pair, number), "title": passage["title"], "text": _text(passage)}
        for pair in pairs
        for number, passage in enumerate(pair["passages"])
    ]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({error.strerror}); choose another folder.") from None


def cases_of(pairs: Sequence[Pair], *, most: int = MAX_QUESTIONS) -> list[EvalCase]:
    """Their questions, asked of all documents; a line that answers is evidence, its words an accepted answer."""
    cases = [
        _case(pair, question, f"{pair['id']}/{number}")
        for pair in pairs
        for number, question in enumerate(pair["questions"], 1)
    ]
    if len(cases) <= most:
        return cases
    drawn = sorted(random.Random(0).sample(range(len(cases)), most))
    return [cases[at] for at in drawn]


def _case(pair: Pair, question: dict[str, Any], id: str) -> EvalCase:
    answers = question["answers"]
    return EvalCase(
        id,
        question["question"],
        answerable=bool(answers),
        answers=tuple(dict.fromkeys(answer["words"] for answer in answers)) or None,
        evidence=tuple(_evidence(pair, answer["passage"], answer["sentence"]) for answer in answers),
        tags=("pairs",),
    )


def _evidence(pair: Pair, number: int, at: int) -> Evidence:
    lines = pair["passages"][number]["sentences"]
    return Evidence(_document(pair, number), lines[at], sum(len(line) + 1 for line in lines[:at]))


def _document(pair: Pair, number: int) -> str:
    return f"{pair['id']}-{'ab'[number]}"


def _text(passage: dict[str, Any]) -> str:
    """One line a sentence, row or item, as they were written."""
    return "\n".join(passage["sentences"])
