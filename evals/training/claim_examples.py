"""Statements to train the support score with: those of claims.jsonl.gz, and others made by rule of them and the pairs.

Every example is one statement, the text that it cites and one of LABELS. Pairs held out (rows.is_pair_held_out) give
none but for measuring.
"""

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import UserError
from evals.training.contradicted import RULES, names_in
from evals.training.rows import PAIRS, is_pair_held_out, read_pairs

CLAIMS = Path(__file__).with_name("claims.jsonl.gz")
LABELS = ("supported", "contradicted", "unsupported")
# Shares of what is drawn of a statement in one pass; the rest are the statements as they were written.
TITLED = 0.85  # with the title of the passage above the cited lines
AMID_OTHERS = 0.3  # with other lines of the passage around those cited
ALTERED = 0.15  # a supported one altered by rule: contradicted
ELSEWHERE = 0.05  # a supported one with lines that it does not cite: unsupported
WEIGHTS = {"speaker": 4, "date": 2, "roles swapped": 2}  # of a rule among those that can alter a text; else 1
LINES = 0.5  # for each statement so many lines of the pairs, themselves or altered

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    statement: str
    title: str  # may be empty
    cited: str
    label: int  # of LABELS
    kind: str = ""


def read_claims(path: Path = CLAIMS) -> list[Row]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            return [json.loads(line) for line in file]
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror or error}).") from None


def parts(claims: Sequence[Row]) -> tuple[list[Row], list[Row], dict[str, Row]]:
    """Statements to train with, statements held out, and the pairs to train with by their id."""
    pairs = {pair["id"]: pair for pair in read_pairs(PAIRS)}
    trained = {id: pair for id, pair in pairs.items() if not is_pair_held_out(pair)}
    taught = [row for row in claims if row["pair"] in trained]
    held_out = [row for row in claims if row["pair"] not in trained]
    return taught, held_out, trained


def as_written(row: Row) -> Example:
    return Example(
        row["statement"],
        row["title"],
        " ".join(row["cited"]),
        LABELS.index(row["label"]),
        row["kind"] or "supported",
    )


def draw(claims: Sequence[Row], pairs: dict[str, Row], chance: random.Random) -> list[Example]:
    """One pass over the statements, each drawn in one of its forms, with lines of the pairs among them; shuffled."""
    examples = [_drawn(row, pairs[row["pair"]], chance) for row in claims]
    lines = _lines(list(pairs.values()), chance)
    examples += [next(lines) for _ in range(round(LINES * len(claims)))]
    chance.shuffle(examples)
    return examples


def _drawn(row: Row, pair: Row, chance: random.Random) -> Example:
    passage = pair["passages"][row["passage"]]
    lines, at = passage["sentences"], set(row["lines"])
    title = row["title"] if chance.random() < TITLED else ""
    label, statement = LABELS.index(row["label"]), row["statement"]
    chosen = chance.random()
    if label == 0 and chosen < ELSEWHERE and len(lines) > len(at) + 2:
        at = set(chance.sample([n for n in range(len(lines)) if n not in at], len(at)))
        label = 2
    elif label == 0 and chosen < ELSEWHERE + ALTERED:
        statement, label = _altered(statement, lines, chance) or (statement, label)
    elif chance.random() < AMID_OTHERS and (label < 2 or row["kind"] == "added"):
        others = [n for n in range(len(lines)) if n not in at]
        at |= set(chance.sample(others, min(len(others), chance.randint(1, 4))))
    cited = " ".join(lines[n] for n in sorted(at))
    return Example(statement, title, cited, label)


def _altered(text: str, lines: Sequence[str], chance: random.Random) -> tuple[str, int] | None:
    """The text, altered by one rule that can; None where no rule can."""
    names = names_in(" ".join(lines))
    made = {kind: rule(text, names, chance) for kind, rule in RULES.items()}
    able = [kind for kind, other in made.items() if other and other != text]
    if not able:
        return None
    (kind,) = chance.choices(able, [WEIGHTS.get(kind, 1) for kind in able])
    return made[kind] or text, 1


def _lines(pairs: Sequence[Row], chance: random.Random) -> Iterator[Example]:
    """Lines of the pairs as statements, without end: a quarter as they stand, the rest altered by rule."""
    while True:
        pair = chance.choice(pairs)
        passage = chance.choice(pair["passages"])
        lines = passage["sentences"]
        at = chance.randrange(len(lines))
        if len(lines[at].split()) < 5:
            continue
        others = chance.sample(range(len(lines)), min(len(lines), chance.choice([0, 0, 1, 2])))
        cited = " ".join(lines[n] for n in sorted({at, *others}))
        title = passage["title"] if chance.random() < TITLED else ""
        made = None if chance.random() < 0.25 else _altered(lines[at], lines, chance)
        statement, label = made or (lines[at], 0)
        yield Example(statement, title, cited, label)
