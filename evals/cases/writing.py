"""`EvalCase` -> a line of a case file, and its fingerprint."""

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import UserError
from evals.cases.case import EvalCase, Evidence

FINGERPRINT = 12  # hexadecimal digits


def to_line(case: EvalCase) -> dict[str, Any]:
    """The fields of a case as a file has them, those left out that say nothing."""
    row: dict[str, Any] = {"id": case.id, "question": case.question, "answerable": case.answerable}
    if case.history:
        row["history"] = [{"role": turn.role, "content": turn.content} for turn in case.history]
    row |= {
        "follows": case.follows,
        "rewrite": case.rewrite,
        "answers": _list(case.answers),
        "match": "all" if case.match == "all" else None,
        "wrong_answers": list(case.wrong_answers) or None,
        "choices": _list(case.choices),
        "evidence": [_evidence(item) for item in case.evidence] or None,
        "documents": _list(case.documents),
        "as_of": case.as_of.isoformat() if case.as_of else None,
        "tags": list(case.tags) or None,
    }
    return {name: value for name, value in row.items() if value is not None}


def fingerprint(case: EvalCase) -> str:
    """The same for the same question and the same right answer, wherever the evidence stands by now."""
    row = {name: value for name, value in to_line(case).items() if name not in ("id", "tags", "rewrite")}
    quotes = [[item.document, " ".join((item.quote or "").split())] for item in case.evidence]
    text = json.dumps(row | {"evidence": quotes}, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:FINGERPRINT]


def fingerprint_of_set(cases: Iterable[EvalCase]) -> str:
    """The same for the same cases, in whatever order."""
    text = "\n".join(sorted(f"{case.id}\t{fingerprint(case)}" for case in cases))
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:FINGERPRINT]


def write_cases(path: Path, cases: Sequence[EvalCase], *, append: bool = False) -> None:
    """One JSON object a line; the file is whole at any moment. UserError where it cannot be written."""
    lines = "".join(json.dumps(to_line(case), ensure_ascii=False) + "\n" for case in cases)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text("utf-8") if append and path.exists() else ""
        if before and not before.endswith("\n"):
            before += "\n"
        partial = path.with_name(f".{path.name}.partial")
        partial.write_bytes((before + lines).encode("utf-8", "replace"))
        os.replace(partial, path)
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({error.strerror}); choose another place.") from None


def _evidence(item: Evidence) -> dict[str, Any]:
    row = {"document": item.document, "quote": item.quote, "start": item.start}
    return {name: value for name, value in row.items() if value is not None}


def _list(texts: tuple[str, ...] | None) -> list[str] | None:
    return None if texts is None else list(texts)
