"""Questions asked as the chain asks them, on which `fit_reader` fits: of training sets, and of our own cases."""

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.progress import track

from assistant.indexing.pipeline import build
from assistant.models.embedder import load_embedder
from assistant.question.parse import parse_question
from assistant.reading.reader import sentence_spans, to_read
from assistant.retrieval.search import retrieve
from assistant.storage.generations import Generation, IndexReader
from assistant.text.language import sentences, words
from assistant.types import ParsedQuestion, Passage, Question, SentenceSpan
from evals.cases import EvalCase, own_cases, resolve, to_question
from evals.training.alterations import names_in, swapped
from evals.training.rows import CALIBRATION, is_held_out, pair_row, read_pairs, read_rows

SOURCES = ("squadshifts_new_wiki", "nq_open_oracle", "timeqa_human", "qed", "selqa", "covidqa", "multispanqa")
PASSAGES = 600  # of each set, indexed together
CALIBRATION_WEIGHT = 0.3  # of a row of ours: more helps our own cases and costs the public packs, see LOG.md

console = Console()
Array = npt.NDArray[np.float64]
Evidence = Sequence[tuple[str, int, int]]


@dataclass(frozen=True, slots=True)
class Example:
    """A question that was asked: the sentences read for it, which of them answer, whether any answer is there."""

    name: str
    query: str
    sentences: list[SentenceSpan]
    answers: Array  # (sentences,) 1 where the sentence is evidence
    answerable: bool
    group: int  # examples of one passage fall on the same side of a split
    weight: float = 1.0


class Asker:
    """Indexes and retrieves, as the chain does before it reads; the indexes are kept in the work folder."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.embedder = load_embedder()

    def index(self, name: str, corpus: Path) -> Generation:
        build(corpus, self.work / name, embedder=self.embedder)
        return IndexReader(self.work / name).current()

    def retrieve(self, generation: Generation, question: Question) -> tuple[ParsedQuestion, list[Passage]]:
        parsed = parse_question(question, names=generation.names)
        return parsed, retrieve(parsed, generation, self.embedder)


def example(
    name: str,
    asked: ParsedQuestion,
    passages: Sequence[Passage],
    evidence: Evidence,
    *,
    answerable: bool,
    group: str,
    weight: float = 1.0,
) -> Example | None:
    spans = list(sentence_spans(to_read(passages)))
    answers = [float(_is_evidence(s.passage, s.start, s.end, evidence)) for s in spans]
    number = int(hashlib.sha1(group.encode()).hexdigest()[:8], 16)
    made = Example(name, asked.query, spans, np.array(answers), answerable, number, weight)
    return made if spans else None


def _is_evidence(passage: Passage, start: int, end: int, evidence: Evidence) -> bool:
    return any(
        document == passage.document
        and min(end, last) - max(start, first) >= 0.5 * min(end - start, last - first)
        for document, first, last in evidence
    )


def without_evidence(passages: Sequence[Passage], evidence: Evidence) -> list[Passage]:
    """The passages without the sentences that are evidence."""
    found = []
    for passage in passages:
        text = passage.text
        for start, end in reversed(sentences(text)):
            if _is_evidence(passage, passage.start + start, passage.start + end, evidence):
                text = text[:start] + text[end:].lstrip(" ")
        found.append(replace(passage, text=text))
    return [passage for passage in found if passage.text.strip()]


def still_answered(passages: Sequence[Passage], answers: Sequence[str]) -> bool:
    """Whether one of the answers still stands somewhere."""
    texts = [f" {' '.join(words(passage.text))} " for passage in to_read(passages)]
    return any(f" {' '.join(words(answer))} " in text for answer in answers for text in texts)


def training_examples(folder: Path, asker: Asker, questions: int) -> Iterator[Example]:
    for name in SOURCES:
        rows = read_rows(folder, name)
        generator = random.Random(1)
        passages = sorted({row["passage"] for row in rows})
        generator.shuffle(passages)
        passages.sort(key=lambda text: not is_held_out(text))
        kept = {text: f"{name}-{at}" for at, text in enumerate(passages[:PASSAGES])}
        titles = {row["passage"]: row["title"] for row in rows}
        corpus = asker.work / f"{name}.jsonl"
        lines = [json.dumps({"id": id, "title": titles[text], "text": text}) for text, id in kept.items()]
        corpus.write_text("\n".join(lines), "utf-8")
        generation = asker.index(name, corpus)
        asked = [row for row in rows if is_held_out(row["passage"]) and row["passage"] in kept]
        chosen = generator.sample(asked, min(questions, len(asked)))
        names = [found for row in rows for found in names_in(row["question"])]
        for row in track(chosen, description=name, console=console):
            yield from _variants(asker, generation, row, kept[row["passage"]], names, generator)


def _variants(
    asker: Asker,
    generation: Generation,
    row: dict[str, Any],
    id: str,
    names: list[str],
    generator: random.Random,
) -> Iterator[Example]:
    evidence = [(id, start, end) for start, end in row["supporting"]]
    asked, found = asker.retrieve(generation, Question(row["question"]))
    plain: dict[str, Any] = {"group": id}
    made = []
    if row["answerable"]:
        made.append(example("answer", asked, found, evidence, answerable=True, **plain))
        others = [passage for passage in found if passage.document != id]
        made.append(example("away", asked, others, (), answerable=False, **plain))
        left, answers = without_evidence(found, evidence), [answer["text"] for answer in row["answers"]]
        if answers and not still_answered(left, answers):
            made.append(example("cut", asked, left, (), answerable=False, **plain))
        other = swapped(row["question"], row["passage"], names, generator)
        if other:
            asked, found = asker.retrieve(generation, Question(other))
            made.append(example("swapped", asked, found, (), answerable=False, **plain))
    else:
        made.append(example("annotated", asked, found, (), answerable=False, **plain))
    yield from filter(None, made)


def calibration_examples(asker: Asker) -> Iterator[Example]:
    """Questions by us over passages in pairs, near misses among them; the pairs are one corpus."""
    pairs = read_pairs(CALIBRATION)
    documents = {
        f"{at}-{number}": (passage, pair_row(passage, {"question": "", "answers": []}, number)["passage"])
        for at, pair in enumerate(pairs)
        for number, passage in enumerate(pair["passages"])
    }
    corpus = asker.work / "calibration.jsonl"
    lines = (
        json.dumps({"id": id, "title": passage["title"], "text": text})
        for id, (passage, text) in documents.items()
    )
    corpus.write_text("\n".join(lines), "utf-8")
    generation = asker.index("calibration", corpus)
    for at, pair in enumerate(track(pairs, description="calibration", console=console)):
        for question in pair["questions"]:
            rows = {f"{at}-{n}": pair_row(p, question, n) for n, p in enumerate(pair["passages"])}
            evidence = [(id, start, end) for id, row in rows.items() for start, end in row["supporting"]]
            asked, found = asker.retrieve(generation, Question(question["question"]))
            made = example(
                "calibration",
                asked,
                found,
                evidence,
                answerable=bool(evidence),
                group=f"apart-{at}",  # as at the fit: the name decides the fold
                weight=CALIBRATION_WEIGHT,
            )
            if made:
                yield made


def own_examples(corpus: Path, asker: Asker, tag: str) -> Iterator[Example]:
    """Our own cases with a tag: `dev` is fitted on, `test` only measured."""
    generation = asker.index("own", corpus)
    texts = {document.id: document.text for document in generation.catalog.documents()}
    for case in (resolve(case, texts) for case in own_cases() if tag in case.tags):
        yield from _own_variants(case, generation, asker)


def _own_variants(case: EvalCase, generation: Generation, asker: Asker) -> Iterator[Example]:
    spans = [(item.document, *item.span) for item in case.evidence if item.quote]
    asked, found = asker.retrieve(generation, to_question(case))
    plain: dict[str, Any] = {"group": case.id}
    made = [
        example("own", asked, found, spans, answerable=case.answerable, **plain),
    ]
    left = without_evidence(found, spans)
    if case.answerable and not still_answered(left, case.answers or ("",)):
        made.append(example("own cut", asked, left, (), answerable=False, **plain))
    yield from filter(None, made)
