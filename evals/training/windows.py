"""Rows of public question sets -> windows to train the reader on, beside windows in which silence is right.

A question whose answer is there gives one window that holds it and one that does not: its own passage without the
sentences that answer, the window that answers but another name or year in the question, or a like passage of
another row. So the reader learns to tell an answer from its surroundings, not a topic from another.
"""

import gzip
import json
import random
import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import bm25s

from assistant.models.cross_encoder import Window
from assistant.text.language import Span, content_words, sentences, words

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
LENGTHS = (250, 900)  # characters of a window
NOT_THERE = 2  # windows in which silence is right beside one that answers, at most
WRITTEN = Path(__file__).with_name("training") / "written.jsonl"  # passages in pairs, by us, with near misses
TIMES_WRITTEN = 8  # each of their questions is read in so many windows a pass
CONTRASTS = Path(__file__).with_name("contrasts.txt")  # a line a group of words of which one is not another
_NAME = re.compile(r"(?<=\w )(?:[A-Z][\w’'.-]+)(?: (?:of |the )?[A-Z][\w’'.-]+)*")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_WORD = re.compile(r"\w+(?:-\w+)*")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sample:
    """A window, which of its sentences answer, and the spans of the answer's words where they are known."""

    window: Window
    answers: tuple[int, ...]
    spans: tuple[Span, ...]
    group: int  # samples of one question; only they compete with each other
    weight: float = 1.0
    kind: str = "answer"


def read_rows(folder: Path, name: str) -> list[Row]:
    path = folder / f"{name}.jsonl.gz"
    if not path.exists():
        raise SystemExit(f"{path} is missing. Give the folder that holds the reader's training sets.")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def read_pairs(path: Path) -> list[dict[str, Any]]:
    """Two passages a line, `sentences` each, and questions with their answers: `passage`, `sentence`, `words` of it."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def is_held_out(passage: str) -> bool:
    return sum(passage[:200].encode()) % HELD_OUT == 0


def read_samples(folder: Path, *, held_out: bool, seed: int = 0) -> list[list[Sample]]:
    """The samples of each question of all SOURCES, questions shuffled."""
    generator = random.Random(seed)
    found: list[list[Sample]] = []
    for name, most in SOURCES.items():
        rows = [row for row in read_rows(folder, name) if is_held_out(row["passage"]) == held_out]
        generator.shuffle(rows)
        found += _samples(rows[:most], generator, first=len(found))
    found += _written(generator, first=len(found), held_out=held_out)
    generator.shuffle(found)
    return found


def _written(generator: random.Random, *, first: int, held_out: bool) -> Iterator[list[Sample]]:
    """Each question in windows of both passages of its pair, of which one answers it, or both, or none."""
    chosen = [pair for pair in read_pairs(WRITTEN) if is_held_out(pair["passages"][0]["title"]) == held_out]
    asked = [(pair, question) for pair in chosen for question in pair["questions"]]
    for number, (pair, question) in enumerate(asked * (1 if held_out else TIMES_WRITTEN)):
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


def swapped(question: str, text: str, names: Sequence[str], generator: random.Random) -> str | None:
    """The question with another year, or another name (of the text, or of `names`); None where it has neither."""
    found = [*_YEAR.finditer(question), *_NAME.finditer(question)]
    if not found:
        return None
    match = generator.choice(found)
    if match[0].isdigit():
        other = str(int(match[0]) + generator.choice([-7, -4, -3, -2, -1, 1, 2, 3, 5]))
    else:
        near = [name for name in names_in(text) if not _share(name, question)]
        other = generator.choice(near if near and generator.random() < 0.6 else names)
    if _share(other, match[0]) or (match[0].isdigit() and other in text):
        return None
    return question[: match.start()] + other + question[match.end() :]


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


def contrasted(question: str, held: Container[str], generator: random.Random) -> str | None:
    """The question with one word replaced by another of its contrasts that is not among those held."""
    found = [
        (match, other)
        for match in _WORD.finditer(question)
        for other in contrasts().get(match[0].lower(), ())
    ]
    found = [(match, other) for match, other in found if not set(words(other)) & set(words(question))]
    found = [(match, other) for match, other in found if not any(word in held for word in words(other))]
    if not found:
        return None
    match, other = generator.choice(found)
    other = other.capitalize() if match[0][0].isupper() else other
    return question[: match.start()] + other + question[match.end() :]


@lru_cache(maxsize=1)
def contrasts() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in CONTRASTS.read_text("utf-8").splitlines():
        group = line.split()
        for word in group:
            found[word] = (*found.get(word, ()), *(other for other in group if other != word))
    return found


def names_in(text: str) -> list[str]:
    """Runs of capitalised words, those that open the text left out."""
    return _NAME.findall(text)


def _share(one: str, other: str) -> bool:
    return bool(set(words(one)) & set(words(other)))


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
