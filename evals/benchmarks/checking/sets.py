"""The sets: a statement, the text that it cites, whether that supports it, and of what kind it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.checking import supporting_sentences
from evals.cases import read_objects
from evals.training.claim_examples import parts, read_claims

CONTRADICTED = Path(__file__).with_name("contradicted.jsonl")
PARAPHRASED = Path(__file__).with_name("paraphrased.jsonl")
PACKS = ("wice", "scifact")
NEAREST = 3  # sentences given for a claim of a pack for which none is marked


@dataclass(frozen=True, slots=True)
class Known:
    """`supported`: what is true of it."""

    statement: str
    cited: tuple[str, ...]
    supported: bool
    kind: str


def contradicted() -> list[Known]:
    """Made by rule (training/contradicted.py) of sentences of our two corpora, read, the bad ones dropped."""
    return [_ours(row, supported=False, kind=row["kind"]) for _, row in read_objects(CONTRADICTED)]


def paraphrased() -> list[Known]:
    """True ones, written by hand in other words."""
    return [_ours(row, supported=True, kind="paraphrased") for _, row in read_objects(PARAPHRASED)]


def held_out() -> list[Known]:
    """The statements of training/claims.jsonl.gz that no training saw, the score's threshold apart."""
    _, rows, _ = parts(read_claims())
    return [_ours(row, supported=row["label"] == "supported", kind=_kind(row)) for row in rows]


def pack(folder: Path) -> list[Known]:
    """Claims of a public pack, with all sentences marked for them; else with those most like them."""
    return [
        Known(row["claim"], (given(row),), row["label"] == "supported", row["label"])
        for _, row in read_objects(folder / "claims.jsonl")
    ]


def given(row: dict[str, Any]) -> str:
    sentences: Sequence[str] = row["document_sentences"]
    marked = sorted({at for group in row["supporting"] for at in group})
    chosen = marked or supporting_sentences(row["claim"], sentences, most=NEAREST)
    return "\n".join(sentences[at].strip() for at in chosen)


def _ours(row: dict[str, Any], *, supported: bool, kind: str) -> Known:
    cited = "\n".join(filter(None, (row["title"], *row["cited"])))
    return Known(row["statement"], (cited,), supported, kind)


def _kind(row: dict[str, Any]) -> str:
    return f"{row['label']}: {row['kind']}" if row["kind"] else str(row["label"])
