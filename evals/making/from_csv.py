"""Questions and answers in a CSV file -> cases, with evidence found in the documents where it is plain."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assistant.errors import UserError
from evals.cases import Corpus, EvalCase, Evidence
from evals.making.pending import locate
from evals.metrics import in_words, words

COLUMNS = ("question", "answer", "document", "quote", "as_of", "tags")
SEVERAL = "|"  # between accepted answers, any of which is right
COMMON = frozenset(
    "what which who whom whose when where why how is are was were be do does did in of on to for".split()
)


@dataclass(frozen=True, slots=True)
class Made:
    """The cases, and a sentence on each whose evidence is not known."""

    cases: list[EvalCase]
    open: list[str]


def cases_from_csv(path: Path, texts: Mapping[str, str]) -> Made:
    """One case a row; without an answer the right behaviour is silence.

    Columns: `question`, `answer` (several between |), and if wanted `document`, `quote`, `as_of`, `tags` (between
    spaces). UserError with the line of the first that is wrong.
    """
    corpus = Corpus(texts)
    cases, open_cases = [], []
    for number, (line, row) in enumerate(_rows(path), 1):
        place = f"{path}, line {line}"
        case = _case(f"{path.stem}-{number:03}", place, row, corpus)
        cases.append(case)
        if case.answerable and not case.evidence:
            open_cases.append(
                f"{place}: no single sentence holds the answer; add a column `quote`, or leave it."
            )
    if not cases:
        raise UserError(f"{path}: no questions; give each a row below a header with `question` and `answer`.")
    return Made(cases, open_cases)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row that has a question, with its line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            sample = file.read(4096)
            file.seek(0)
            reader = csv.DictReader(file, delimiter=max(",;\t", key=sample.partition("\n")[0].count))
            header = [(name or "").strip().lower() for name in reader.fieldnames or ()]
            if "question" not in header or "answer" not in header:
                raise UserError(f"{path}, line 1: the header must name `question` and `answer`; add it.")
            if unknown := [name for name in header if name not in COLUMNS]:
                raise UserError(
                    f"{path}, line 1: unknown column {unknown[0]!r}; the columns are {list(COLUMNS)}."
                )
            reader.fieldnames = header
            for row in reader:
                kept = {name: (row.get(name) or "").strip() for name in COLUMNS}
                if any(kept.values()):
                    yield reader.line_num, kept
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); check the path.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path}: not a CSV file in UTF-8 ({error}); save it as one.") from None


def _case(id: str, place: str, row: dict[str, str], corpus: Corpus) -> EvalCase:
    if not row["question"]:
        raise UserError(f"{place}: the question is empty; write one, or remove the row.")
    if row["document"] and row["document"] not in corpus.texts:
        raise UserError(
            f"{place}: the corpus has no document {row['document']!r}; correct it, or leave it empty."
        )
    try:
        as_of = date.fromisoformat(row["as_of"]) if row["as_of"] else None
        evidence = _evidence(row, corpus)
    except UserError as error:
        raise UserError(f"{place}: {error}") from None
    except ValueError:
        raise UserError(f"{place}: 'as_of' must be a day like 2026-03-31; correct it.") from None
    answers = tuple(filter(None, map(str.strip, row["answer"].split(SEVERAL))))
    return EvalCase(
        id,
        row["question"],
        answerable=bool(answers or evidence),
        answers=answers or None,
        evidence=evidence,
        as_of=as_of,
        tags=tuple(row["tags"].split()),
    )


def _evidence(row: dict[str, str], corpus: Corpus) -> tuple[Evidence, ...]:
    if row["quote"]:
        found = locate(row["quote"], corpus.texts, document=row["document"])
        return (Evidence(found.document, found.quote, found.start),)
    answers = [words(each) for each in row["answer"].split(SEVERAL)]
    asked = set(words(row["question"])) - COMMON
    names = [row["document"]] if row["document"] else list(corpus.texts)
    scored = []
    for name in names:
        text = corpus.text(name)
        for start, end in corpus.sentences(name):
            said = words(text[start:end])
            if any(in_words(answer, said) for answer in answers):
                scored.append((len(asked & set(said)), name, start, end))
    scored.sort(reverse=True)
    if not scored or not scored[0][0] or (len(scored) > 1 and scored[1][0] == scored[0][0]):
        return ()
    _, name, start, end = scored[0]
    return (Evidence(name, corpus.text(name)[start:end], start),)
