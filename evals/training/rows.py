"""Rows of the public question sets, and the pairs of passages that we wrote.

The public sets are kept outside of the repository; the folder's README says where each comes from.
"""

import gzip
import json
from pathlib import Path
from typing import Any

from assistant.errors import UserError
from evals.cases import read_objects

# Questions taken from each set at most: the concentrated ones are capped. All have permissive or share-alike terms.
SOURCES = {
    "squadshifts_new_wiki": 8000,
    "squadshifts_new_wiki_mismatched": 1200,
    "nq_open_oracle": 2700,
    "timeqa_human": 2200,
    "selqa": 2400,
    "qed": 1400,
    "qamr": 4000,
    "covidqa": 1400,
    "covidqa_mismatched": 300,
    "quoref_contrast": 800,
    "multispanqa": 700,
}
HELD_OUT = 20  # one passage in so many is kept apart to look at
# Passages in pairs, by us, with questions of which nearly half are near misses. The cross-encoder is trained on the
# first; how far the reader trusts it is fitted on the second.
NEAR_MISSES = Path(__file__).with_name("near_misses.jsonl")
CALIBRATION = Path(__file__).with_name("calibration.jsonl")
PAIRS = Path(__file__).with_name(
    "pairs.jsonl.gz"
)  # many more, of every genre; a line is a sentence, a row or an item

Row = dict[str, Any]


def read_rows(folder: Path, name: str) -> list[Row]:
    path = folder / f"{name}.jsonl.gz"
    if not path.exists():
        raise UserError(f"{path} is missing; give the folder that holds the reader's training sets.")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def read_pairs(path: Path) -> list[dict[str, Any]]:
    """Two passages a line, `sentences` each, and questions with their answers: `passage`, `sentence`, `words` of it."""
    if path.suffix != ".gz":
        return [row for _, row in read_objects(path)]
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def is_pair_held_out(pair: dict[str, Any]) -> bool:
    """Training never sees either passage of it."""
    return is_held_out(pair["passages"][0]["title"])


def is_held_out(passage: str) -> bool:
    return sum(passage[:200].encode()) % HELD_OUT == 0


def pair_row(passage: dict[str, Any], question: dict[str, Any], number: int) -> Row:
    """A question and one passage of its pair, the `number`th, in the form of the public rows."""
    text, spans = "", []
    for sentence in passage["sentences"]:
        text += " " if text else ""
        spans.append((len(text), len(text) + len(sentence)))
        text += sentence
    found = [answer for answer in question["answers"] if answer["passage"] == number]
    starts = [spans[answer["sentence"]] for answer in found]
    return {
        "question": question["question"],
        "title": passage["title"],
        "passage": text,
        "answerable": bool(question["answers"]),
        "answers": [
            {"text": answer["words"], "start": text.find(answer["words"], start)}
            for answer, (start, _) in zip(found, starts, strict=True)
        ],
        "supporting": [list(span) for span in starts],
    }
