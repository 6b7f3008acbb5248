"""Makes assistant/reader.json: how the reader weighs its signals, and when it keeps silent.

    python -m evals.fit_reader ../shared/data/reader_training --work FOLDER

The passages of each training set are indexed like any corpus, and the questions whose passages the cross-encoder was
not trained on are asked of it. Each is asked as it is, and in three ways that make silence right: with the passage that
answers taken away, with only the sentences that answer cut out of it, and with another name or year in the question.
The development half of our own cases joins them: their documents resemble each other, as a user's do. The threshold
is the one that serves that half best.
"""

import argparse
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from assistant.catalog import VectorCache
from assistant.cross_encoder import WEIGHTS, CrossEncoder
from assistant.embedding import load_embedder
from assistant.generations import Generation, Reader
from assistant.indexing import build, embed_cached
from assistant.language import sentences, words
from assistant.questions import Understood, understand
from assistant.reading import READ_PASSAGES, Logistic, question_row, sentence_rows, windows
from assistant.retrieval import retrieve
from assistant.signals import Array, Seen, look
from assistant.types import Passage, Question, Vectors
from evals.cases import EvalCase, read_cases, resolve, to_question
from evals.training_windows import is_held_out, names_in, read_rows, swapped

SOURCES = ("squadshifts_new_wiki", "nq_open_oracle", "timeqa_human", "qed", "selqa", "covidqa", "multispanqa")
PASSAGES = 600  # of each set, indexed together
QUESTIONS = 120  # asked of each set at most
OWN_WEIGHT = 6.0  # a development case of ours counts for this many rows of the training sets
FOLDS = 4

console = Console()
Evidence = Sequence[tuple[str, int, int]]


@dataclass(frozen=True, slots=True)
class Example:
    """A question that was asked: what was seen, which places answer, whether any answer is there."""

    name: str
    query: str
    passages: list[Passage]
    seen: Seen
    answers: Array  # (places,) 1 where the place is evidence
    answerable: bool
    group: int  # examples of one passage fall on the same side of a split
    weight: float = 1.0


class Asker:
    """Retrieves and looks, as the chain does before it reads; vectors are cached in the work folder."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.embedder = load_embedder()
        self.cache = VectorCache(work / "vectors.sqlite", self.embedder.fingerprint)

    def embed(self, texts: Sequence[str]) -> Vectors:
        return embed_cached(texts, embedder=self.embedder, cache=self.cache)[0]

    def index(self, name: str, corpus: Path) -> Generation:
        build(corpus, self.work / name, embedder=self.embedder)
        return Reader(self.work / name).current()

    def retrieve(self, generation: Generation, question: Question) -> tuple[Understood, list[Passage]]:
        understood = understand(question)
        asked, newest = understood.question, understood.newest
        return understood, retrieve(
            understood.query, generation, self.embedder, question=asked, newest=newest
        )


def example(
    name: str,
    asked: Understood,
    passages: Sequence[Passage],
    evidence: Evidence,
    generation: Generation,
    *,
    answerable: bool,
    group: str,
    weight: float = 1.0,
) -> Example | None:
    read = list(passages[:READ_PASSAGES])
    seen = look(asked.query, read, idf=generation.keywords.idf, newest=asked.newest)
    answers = [float(_is_evidence(read[p.passage], p.start, p.end, evidence)) for p in seen.places]
    number = int(hashlib.sha1(group.encode()).hexdigest()[:8], 16)
    made = Example(name, asked.query, read, seen, np.array(answers), answerable, number, weight)
    return made if seen.places else None


def _is_evidence(passage: Passage, start: int, end: int, evidence: Evidence) -> bool:
    return any(
        document == passage.document
        and min(end, last) - max(start, first) >= 0.5 * min(end - start, last - first)
        for document, first, last in evidence
    )


def cut(passages: Sequence[Passage], evidence: Evidence) -> list[Passage]:
    """The passages without the sentences that are evidence."""
    found = []
    for passage in passages:
        text = passage.text
        for start, end in reversed(sentences(text)):
            if _is_evidence(passage, passage.start + start, passage.start + end, evidence):
                text = text[:start] + text[end:].lstrip(" ")
        found.append(replace(passage, text=text))
    return [passage for passage in found if passage.text.strip()]


def holds(passages: Sequence[Passage], answers: Sequence[str]) -> bool:
    """Whether one of the answers still stands somewhere."""
    texts = [f" {' '.join(words(passage.text))} " for passage in passages[:READ_PASSAGES]]
    return any(f" {' '.join(words(answer))} " in text for answer in answers for text in texts)


def training_examples(folder: Path, asker: Asker) -> Iterator[Example]:
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
        chosen = generator.sample(asked, min(QUESTIONS, len(asked)))
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
    plain: dict[str, Any] = {"generation": generation, "group": id}
    made = []
    if row["answerable"]:
        made.append(example("answer", asked, found, evidence, answerable=True, **plain))
        others = [passage for passage in found if passage.document != id]
        made.append(example("away", asked, others, (), answerable=False, **plain))
        left, answers = cut(found, evidence), [answer["text"] for answer in row["answers"]]
        if answers and not holds(left, answers):
            made.append(example("cut", asked, left, (), answerable=False, **plain))
        other = swapped(row["question"], row["passage"], names, generator)
        if other:
            asked, found = asker.retrieve(generation, Question(other))
            made.append(example("swapped", asked, found, (), answerable=False, **plain))
    else:
        made.append(example("annotated", asked, found, (), answerable=False, **plain))
    yield from filter(None, made)


def own_examples(cases: Path, corpus: Path, asker: Asker, tag: str) -> Iterator[Example]:
    """Our own cases with a tag: `dev` is fitted on, `test` only measured."""
    generation = asker.index("own", corpus)
    texts = {document.id: document.text for document in generation.catalog.documents()}
    for path in sorted(cases.glob("*.jsonl")):
        for case in (resolve(case, texts) for case in read_cases(path) if tag in case.tags):
            yield from _own_variants(case, generation, asker)


def _own_variants(case: EvalCase, generation: Generation, asker: Asker) -> Iterator[Example]:
    spans = [(item.document, *item.span) for item in case.evidence if item.quote]
    asked, found = asker.retrieve(generation, to_question(case))
    plain: dict[str, Any] = {"generation": generation, "group": case.id}
    made = [
        example("own", asked, found, spans, answerable=case.answerable, weight=OWN_WEIGHT, **plain),
    ]
    left = cut(found, spans)
    if case.answerable and not holds(left, case.answers or ("",)):
        weight = OWN_WEIGHT / 2
        made.append(example("own cut", asked, left, (), answerable=False, weight=weight, **plain))
    yield from filter(None, made)


def fit(rows: Array, target: Array, weight: Array, strength: float = 0.5) -> Logistic:
    scaler = StandardScaler().fit(rows)
    model = LogisticRegression(C=strength, max_iter=2000)
    model.fit(scaler.transform(rows), target, sample_weight=weight)
    scale = np.asarray(scaler.scale_)
    return Logistic(np.asarray(scaler.mean_), scale, model.coef_[0], float(model.intercept_[0]))


def fit_sentences(examples: Sequence[Example], rows: Sequence[Array]) -> Logistic:
    """On the examples whose evidence was found: there it is known which sentence answers."""
    used = [at for at, example in enumerate(examples) if example.answers.any()]
    weight = np.concatenate([np.full(len(rows[at]), examples[at].weight) for at in used])
    return fit(
        np.vstack([rows[at] for at in used]), np.concatenate([examples[at].answers for at in used]), weight
    )


def harmonic_mean(probability: Array, answerable: Array, threshold: float) -> float:
    silent = (probability < threshold)[answerable == 0].mean()
    given = (probability >= threshold)[answerable == 1].mean()
    return float(2 * silent * given / (silent + given)) if silent + given else 0.0


def best_threshold(probability: Array, answerable: Array) -> tuple[float, float]:
    """The threshold with the best harmonic mean of silence where right and answers where right, and that mean."""
    tried = np.linspace(0.05, 0.95, 181)
    means = [harmonic_mean(probability, answerable, threshold) for threshold in tried]
    plateau = np.flatnonzero(np.array(means) >= max(means) - 0.01)
    return float(tried[plateau[len(plateau) // 2]]), max(means)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Both models, and each example's scores from models that were fitted without its passage."""

    sentence: Logistic
    question: Logistic
    scores: list[Array]
    probability: Array


def fit_all(examples: Sequence[Example], encoder: CrossEncoder) -> Fitted:
    rows = [
        sentence_rows(e.seen, encoder.read(windows(e.query, e.passages, e.seen.places)))
        for e in track(examples, description="reading", console=console)
    ]
    return fit_rows(examples, rows)


def fit_rows(examples: Sequence[Example], rows: Sequence[Array]) -> Fitted:
    fold = np.array([example.group % FOLDS for example in examples])
    answerable = np.array([float(example.answerable) for example in examples])
    weight = np.array([example.weight for example in examples])
    without = []
    for part in range(FOLDS):
        kept = [at for at in range(len(examples)) if fold[at] != part]
        without.append(fit_sentences([examples[at] for at in kept], [rows[at] for at in kept]))
    scores = [without[part](row) for part, row in zip(fold, rows, strict=True)]
    table = np.array([question_row(e.seen, r, s) for e, r, s in zip(examples, rows, scores, strict=True)])
    probability = np.zeros(len(examples))
    for part in range(FOLDS):
        kept = fold != part
        probability[~kept] = fit(table[kept], answerable[kept], weight[kept])(table[~kept])
    return Fitted(fit_sentences(examples, rows), fit(table, answerable, weight), scores, probability)


def curve(probability: Array, answerable: Array) -> None:
    """What each threshold gives: the share answered of those with an answer, and silent of those without."""
    for threshold in np.arange(0.1, 1.0, 0.1):
        given = (probability >= threshold)[answerable == 1].mean()
        silent = (probability < threshold)[answerable == 0].mean()
        console.print(f"  at {threshold:.1f}: answered {given:.3f}, silent {silent:.3f}")


def report(examples: Sequence[Example], fitted: Fitted, threshold: float) -> None:
    """By kind of example: the right sentence first and in four, and how often the right thing is done."""
    for name in sorted({example.name for example in examples}):
        chosen = [at for at, example in enumerate(examples) if example.name == name]
        for answerable in (True, False):
            here = [at for at in chosen if examples[at].answerable == answerable]
            if not here:
                continue
            answered = float((fitted.probability[here] >= threshold).mean())
            told = f"{name}: {len(here)}, " + ("answered" if answerable else "silent")
            console.print(f"{told} {answered if answerable else 1 - answered:.3f}")
            ranks = [examples[at].answers[np.argsort(-fitted.scores[at], kind="stable")] for at in here]
            if answerable:
                found = ", ".join(f"{np.mean([r[:k].any() for r in ranks]):.3f} in {k}" for k in (1, 2, 4, 8))
                console.print(f"  a right sentence {found}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, help="folder of the training sets")
    parser.add_argument("--work", type=Path, required=True, help="folder for what is made on the way")
    parser.add_argument(
        "--weights", type=Path, default=Path("assistant") / WEIGHTS, help="of the cross-encoder"
    )
    parser.add_argument("--output", type=Path, default=Path("assistant/reader.json"))
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    asker = Asker(options.work)
    examples = list(own_examples(Path("evals/cases"), Path("corpus"), asker, "dev"))
    own = len(examples)
    examples += training_examples(options.folder, asker)
    encoder = CrossEncoder.untrained()
    encoder.load(options.weights)
    encoder.module.eval()
    fitted = fit_all(examples, encoder)
    answerable = np.array([float(example.answerable) for example in examples])
    threshold, mean = best_threshold(fitted.probability[:own], answerable[:own])
    console.print(f"own development cases: harmonic mean {mean:.3f} at {threshold:.3f}, cross-fitted")
    curve(fitted.probability[:own], answerable[:own])
    report(examples, fitted, threshold)
    note = f"fitted by evals/fit_reader.py on {', '.join(SOURCES)} and the cases tagged dev in evals/cases"
    models = {"sentence": fitted.sentence.to_json(), "question": fitted.question.to_json()}
    options.output.write_text(json.dumps({"note": note, "threshold": round(threshold, 4), **models}), "utf-8")


if __name__ == "__main__":
    main()
