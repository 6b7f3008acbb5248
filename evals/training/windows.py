"""Rows of public question sets -> windows to train the reader on, beside windows in which silence is right.

A question whose answer is there gives one window that holds it and one that does not: its own passage without the
sentences that answer, the window that answers but another name or year in the question, or a like passage of
another row. So the reader learns to tell an answer from its surroundings, not a topic from another.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import bm25s

from assistant.models.cross_encoder import Window
from assistant.text.language import Span, content_words, sentences, words
from evals.training.alterations import contrasted, names_in, swapped
from evals.training.rows import (
    NEAR_MISSES,
    SOURCES,
    Row,
    is_held_out,
    is_pair_held_out,
    pair_row,
    read_pairs,
    read_rows,
)

LENGTHS = (250, 900)  # characters of a window
NOT_THERE = 2  # windows in which silence is right beside one that answers, at most
NEAR_MISS_TIMES = 8  # each of their questions is read in so many windows a pass


@dataclass(frozen=True, slots=True)
class Sample:
    """A window, which of its sentences answer, and the spans of the answer's words where they are known."""

    window: Window
    answers: tuple[int, ...]
    spans: tuple[Span, ...]
    group: int  # samples of one question; only they compete with each other
    weight: float = 1.0
    kind: str = "answer"


def read_samples(folder: Path, *, held_out: bool) -> list[list[Sample]]:
    """The samples of each question of all SOURCES, questions shuffled."""
    generator = random.Random(0)
    found: list[list[Sample]] = []
    for name, most in SOURCES.items():
        rows = [row for row in read_rows(folder, name) if is_held_out(row["passage"]) == held_out]
        generator.shuffle(rows)
        found += _samples(rows[:most], generator, first=len(found))
    found += _near_misses(generator, first=len(found), held_out=held_out)
    generator.shuffle(found)
    return found


def _near_misses(generator: random.Random, *, first: int, held_out: bool) -> Iterator[list[Sample]]:
    """Each question in windows of both passages of its pair, of which one answers it, or both, or none."""
    chosen = [pair for pair in read_pairs(NEAR_MISSES) if is_pair_held_out(pair) == held_out]
    asked = [(pair, question) for pair in chosen for question in pair["questions"]]
    for number, (pair, question) in enumerate(asked * (1 if held_out else NEAR_MISS_TIMES)):
        yield [
            _of_pair(pair["passages"][at], question, at, first + number, generator)
            for at in range(len(pair["passages"]))
        ]


def _of_pair(
    passage: dict[str, Any], question: dict[str, Any], number: int, group: int, generator: random.Random
) -> Sample:
    row = pair_row(passage, question, number)
    made = _answer(row, group, generator) if row["answers"] else None
    if made:
        return made
    spans = list(_sentences(row["passage"]))
    asked = set(content_words(row["question"]))
    shared = [len(asked & set(content_words(row["passage"][slice(*span)]))) for span in spans]
    around = max(range(len(spans)), key=shared.__getitem__)
    kind = "elsewhere" if question["answers"] else "near miss"
    return Sample(_window(row, spans, generator, around=around), (), (), group, 1.0, kind)


def _samples(rows: Sequence[Row], generator: random.Random, *, first: int) -> Iterator[list[Sample]]:
    search = bm25s.BM25()
    search.index([content_words(row["passage"]) or ["-"] for row in rows], show_progress=False)
    names = [name for row in rows for name in names_in(row["question"])]
    for number, row in enumerate(rows):
        group = first + number
        if not row["answerable"]:
            window = _window(row, list(_sentences(row["passage"])), generator)
            yield [Sample(window, (), (), group, 0.7, "mismatched")]
            continue
        answer = _answer(row, group, generator)
        if answer:
            makers = [_removed, _swapped, _contrasted, _elsewhere]
            generator.shuffle(makers)
            made = (maker(answer, row, rows, search, names, generator) for maker in makers)
            yield [answer, *islice((sample for sample in made if sample), NOT_THERE)]


@lru_cache(maxsize=50_000)
def _sentences(text: str) -> tuple[Span, ...]:
    return tuple(sentences(text))


def _window(row: Row, chosen: Sequence[Span], generator: random.Random, around: int | None = None) -> Window:
    """A run of the chosen sentences of a passage that is about as long as drawn, with sentence `around` in it."""
    length = generator.randint(*LENGTHS)
    at = generator.randrange(len(chosen)) if around is None else around
    first, last = at, at + 1
    while chosen[last - 1][1] - chosen[first][0] < length and (first > 0 or last < len(chosen)):
        if first > 0 and (last == len(chosen) or generator.random() < 0.5):
            first -= 1
        else:
            last += 1
    text, spans = "", []
    for start, end in chosen[first:last]:
        text += " " if text else ""
        spans.append((len(text), len(text) + end - start))
        text += row["passage"][start:end]
    return Window(row["question"], row["title"] or "", text, tuple(spans))


def _supports(row: Row, span: Span) -> bool:
    return any(
        min(span[1], end) - max(span[0], start) > 0.5 * min(span[1] - span[0], end - start)
        for start, end in row["supporting"]
    )


def _answer(row: Row, group: int, generator: random.Random) -> Sample | None:
    chosen = list(_sentences(row["passage"]))
    right = [at for at, span in enumerate(chosen) if _supports(row, span)]
    if not right:
        return None
    window = _window(row, chosen, generator, around=generator.choice(right))
    texts = {row["passage"][slice(*chosen[at])] for at in right}
    answers = tuple(at for at, (start, end) in enumerate(window.sentences) if window.text[start:end] in texts)
    spans = []
    for at in answers:
        start, end = window.sentences[at]
        for answer in row["answers"]:
            found = window.text.find(answer["text"], start, end)
            if found >= 0:
                spans.append((found, found + len(answer["text"])))
    return Sample(window, answers, tuple(spans), group) if answers else None


def _removed(answer: Sample, row: Row, *rest: Any) -> Sample | None:
    """The passage without the sentences that answer."""
    generator: random.Random = rest[-1]
    chosen = [s for s in _sentences(row["passage"]) if not _supports(row, s)]
    chosen = [s for s in chosen if not _holds_answer(row["passage"][slice(*s)], row)]
    if len(chosen) < 2 or not row["answers"]:
        return None
    asked = set(content_words(row["question"]))
    shared = [len(asked & set(content_words(row["passage"][slice(*s)]))) for s in chosen]
    window = _window(row, chosen, generator, around=max(range(len(chosen)), key=shared.__getitem__))
    return Sample(window, (), (), answer.group, 1.0, "removed")


def _holds_answer(text: str, row: Row) -> bool:
    held = f" {' '.join(words(text))} "
    return any(f" {' '.join(words(answer['text']))} " in held for answer in row["answers"])


def _swapped(
    answer: Sample, row: Row, rows: Any, search: Any, names: list[str], generator: random.Random
) -> Sample | None:
    """The window that answers, asked of another name or year."""
    question = swapped(row["question"], answer.window.text, names, generator)
    if question is None:
        return None
    return Sample(replace(answer.window, question=question), (), (), -answer.group - 1, 0.7, "swapped")


def _contrasted(
    answer: Sample, row: Row, rows: Any, search: Any, names: Any, generator: random.Random
) -> Sample | None:
    """The window that answers, asked with a word that means another thing in place of one of the question's."""
    window = answer.window
    held = {word for at in answer.answers for word in words(window.text[slice(*window.sentences[at])])}
    question = contrasted(row["question"], held, generator)
    if question is None:
        return None
    return Sample(replace(window, question=question), (), (), -answer.group - 1, 0.7, "contrasted")


def _elsewhere(
    answer: Sample, row: Row, rows: Sequence[Row], search: bm25s.BM25, names: Any, generator: random.Random
) -> Sample | None:
    """A passage of another row that shares words with the question and holds none of its answers."""
    known = [word for word in content_words(row["question"]) if word in search.vocab_dict]
    if not known:
        return None
    asked = set(known)
    for at in search.get_scores(known).argsort()[::-1][:15]:
        other = rows[at]
        if other["passage"] == row["passage"] or _holds_answer(other["passage"], row) or not row["answers"]:
            continue
        chosen = _sentences(other["passage"])
        shared = [len(asked & set(content_words(other["passage"][slice(*s)]))) for s in chosen]
        around = max(range(len(chosen)), key=shared.__getitem__)
        window = _window(other | {"question": row["question"]}, chosen, generator, around=around)
        return Sample(window, (), (), answer.group, 0.9, "elsewhere")
    return None
