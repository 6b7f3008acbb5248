"""Makes assistant/reader.json: how the reader weighs its signals, and when it keeps silent.

    python -m evals.fit_reader ../shared/data/reader_training --work FOLDER [--questions N]

The passages of each training set are indexed like any corpus, and its questions are asked of it: once as they
are, once with the passage that answers taken away (so silence is right), and once within their own passage.
The development half of our own cases joins them: their documents resemble each other, as a user's do, which
the training sets lack. The threshold is the one that serves that development half best.
"""

import argparse
import gzip
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from assistant.catalog import VectorCache
from assistant.cross_encoder import Pair, packaged_cross_encoder
from assistant.embedding import load_embedder
from assistant.generations import Generation, Reader
from assistant.indexing import build, embed_cached
from assistant.questions import understand
from assistant.reading import READ_PASSAGES, Logistic, close_rows, likeliest, pair_of, question_row
from assistant.retrieval import retrieve
from assistant.signals import Array, Seen, look
from assistant.types import Passage, Question, Vectors
from evals.cases import read_cases, resolve, to_question

SOURCES = ("squadshifts_new_wiki", "nq_open_oracle", "timeqa_human", "qed", "selqa")
PASSAGES = 600  # of each set, indexed together
OWN_WEIGHT = 8.0  # a development case of ours counts for this many rows of the training sets

console = Console()
Evidence = Sequence[tuple[str, int, int]]


@dataclass(frozen=True, slots=True)
class Example:
    """A question that was asked: what was seen, which places answer, whether any answer is there."""

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
        self.cache = VectorCache(work / "sentences.sqlite", self.embedder.fingerprint)

    def embed(self, texts: Sequence[str]) -> Vectors:
        return embed_cached(texts, embedder=self.embedder, cache=self.cache)[0]

    def index(self, name: str, corpus: Path) -> Generation:
        build(corpus, self.work / name, embedder=self.embedder)
        return Reader(self.work / name).current()

    def ask(
        self,
        generation: Generation,
        question: Question,
        evidence: Evidence,
        *,
        answerable: bool,
        group: str,
        without: str | None = None,
        weight: float = 1.0,
    ) -> Example | None:
        understood = understand(question)
        found = retrieve(
            understood.query,
            generation,
            self.embedder,
            question=understood.question,
            newest=understood.newest,
        )
        passages = [passage for passage in found if passage.document != without][:READ_PASSAGES]
        seen = look(understood.query, passages, embed=self.embed, idf=generation.keywords.idf)
        answers = np.array(
            [float(_is_evidence(passages[p.passage], p.start, p.end, evidence)) for p in seen.places]
        )
        number = int(hashlib.sha1(group.encode()).hexdigest()[:8], 16)
        made = Example(understood.query, passages, seen, answers, answerable, number, weight)
        return made if seen.places else None


def _is_evidence(passage: Passage, start: int, end: int, evidence: Evidence) -> bool:
    return any(
        document == passage.document
        and min(end, last) - max(start, first) >= 0.5 * min(end - start, last - first)
        for document, first, last in evidence
    )


def training_examples(folder: Path, asker: Asker, questions: int) -> Iterator[Example]:
    for name in SOURCES:
        with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        generator = random.Random(1)
        passages = sorted({row["passage"] for row in rows})
        kept = {
            text: f"{name}-{at}"
            for at, text in enumerate(generator.sample(passages, min(PASSAGES, len(passages))))
        }
        asked = [row for row in rows if row["passage"] in kept]
        titles = {row["passage"]: row["title"] for row in asked}
        corpus = asker.work / f"{name}.jsonl"
        lines = [json.dumps({"id": id, "title": titles[text], "text": text}) for text, id in kept.items()]
        corpus.write_text("\n".join(lines), "utf-8")
        generation = asker.index(name, corpus)
        chosen = generator.sample(asked, min(questions, len(asked)))
        for row in track(chosen, description=name, console=console):
            yield from filter(None, _variants(asker, generation, row, kept[row["passage"]]))


def _variants(asker: Asker, generation: Generation, row: dict[str, Any], id: str) -> Iterator[Example | None]:
    evidence = [(id, start, end) for start, end in row["supporting"]]
    alone = Question(row["question"], within=(id,))
    if not row["answerable"]:
        yield asker.ask(generation, alone, (), answerable=False, group=id)
        return
    question = Question(row["question"])
    yield asker.ask(generation, question, evidence, answerable=True, group=id)
    yield asker.ask(generation, question, (), answerable=False, group=id, without=id)
    yield asker.ask(generation, alone, evidence, answerable=True, group=id)


def own_examples(cases: Path, corpus: Path, asker: Asker, tag: str) -> Iterator[Example]:
    """Our own cases with a tag: `dev` is fitted on, `test` only measured."""
    generation = asker.index("own", corpus)
    texts = {document.id: document.text for document in generation.catalog.documents()}
    for path in sorted(cases.glob("*.jsonl")):
        for case in (resolve(case, texts) for case in read_cases(path) if tag in case.tags):
            spans = [(item.document, *item.span) for item in case.evidence if item.quote]
            made = asker.ask(
                generation,
                to_question(case),
                spans,
                answerable=case.answerable,
                group=case.id,
                weight=OWN_WEIGHT,
            )
            if made:
                yield made


def fit(rows: Array, target: Array, weight: Array) -> Logistic:
    scaler = StandardScaler().fit(rows)
    model = LogisticRegression(C=0.5, max_iter=2000).fit(scaler.transform(rows), target, sample_weight=weight)
    return Logistic(scaler.mean_, scaler.scale_, model.coef_[0], float(model.intercept_[0]))


def fit_sentences(examples: Sequence[Example], rows: Sequence[Array], answers: Sequence[Array]) -> Logistic:
    """On the examples whose evidence was found: there it is known which sentence answers."""
    used = [at for at, example in enumerate(examples) if example.answerable and answers[at].any()]
    weight = np.concatenate([np.full(len(rows[at]), examples[at].weight) for at in used])
    return fit(np.vstack([rows[at] for at in used]), np.concatenate([answers[at] for at in used]), weight)


@dataclass(frozen=True, slots=True)
class Close:
    """An example after the close look: the places chosen, their rows and which of them answer."""

    chosen: list[int]
    rows: Array
    answers: Array


def look_closely(examples: Sequence[Example], first: Logistic) -> list[Close]:
    cross = packaged_cross_encoder()
    found = []
    for example in track(examples, description="cross-encoder", console=console):
        chosen = likeliest(example.seen, first)
        pairs: list[Pair] = [
            pair_of(example.query, example.seen.places[at], example.passages) for at in chosen
        ]
        found.append(
            Close(chosen, close_rows(example.seen, chosen, cross.scores(pairs)), example.answers[chosen])
        )
    return found


def question_rows(examples: Sequence[Example], close: Sequence[Close], sentence: Sequence[Logistic]) -> Array:
    """One sentence model an example: the one that was fitted without it."""
    return np.array(
        [
            question_row(example.seen, seen.rows, model(seen.rows))
            for example, seen, model in zip(examples, close, sentence, strict=True)
        ]
    )


def best_threshold(probability: Array, answerable: Array) -> tuple[float, float]:
    """The threshold with the best harmonic mean of silence where right and answers where right, and that mean."""
    tried = np.linspace(0.05, 0.95, 181)
    means = [harmonic_mean(probability, answerable, threshold) for threshold in tried]
    plateau = np.flatnonzero(np.array(means) >= max(means) - 0.01)
    return float(tried[plateau[len(plateau) // 2]]), max(means)


def harmonic_mean(probability: Array, answerable: Array, threshold: float) -> float:
    silent, given = (
        (probability < threshold)[answerable == 0].mean(),
        (probability >= threshold)[answerable == 1].mean(),
    )
    return float(2 * silent * given / (silent + given)) if silent + given else 0.0


def fit_all(examples: Sequence[Example]) -> tuple[dict[str, Any], Array]:
    """The models as JSON, and each example's probability from models that were fitted without its passage."""
    first = fit_sentences(examples, [e.seen.signals for e in examples], [e.answers for e in examples])
    close = look_closely(examples, first)
    fold = np.array([example.group % 4 for example in examples])
    answerable = np.array([float(example.answerable) for example in examples])
    weight = np.array([example.weight for example in examples])
    rows, answers = [c.rows for c in close], [c.answers for c in close]
    crossed = {}
    for part in range(4):
        kept = [at for at in range(len(examples)) if fold[at] != part]
        crossed[part] = fit_sentences(
            [examples[at] for at in kept], [rows[at] for at in kept], [answers[at] for at in kept]
        )
    honest = question_rows(examples, close, [crossed[part] for part in fold])
    probability = np.zeros(len(examples))
    for part in range(4):
        kept = fold != part
        probability[~kept] = fit(honest[kept], answerable[kept], weight[kept])(honest[~kept])
    models = {
        "first": first.to_json(),
        "sentence": fit_sentences(examples, rows, answers).to_json(),
        "question": fit(honest, answerable, weight).to_json(),
    }
    return models, probability


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, help="folder of the training sets")
    parser.add_argument(
        "--work", type=Path, required=True, help="folder for the indexes and vectors made on the way"
    )
    parser.add_argument("--questions", type=int, default=300, help="asked of each training set")
    parser.add_argument("--output", type=Path, default=Path("assistant/reader.json"))
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    asker = Asker(options.work)
    own = list(own_examples(Path("evals/cases"), Path("corpus"), asker, "dev"))
    public = list(training_examples(options.folder, asker, options.questions))
    models, probability = fit_all([*own, *public])
    answerable = np.array([float(example.answerable) for example in [*own, *public]])
    count = len(own)
    threshold, mean = best_threshold(probability[:count], answerable[:count])
    console.print(
        f"own development cases: harmonic mean {mean:.3f} at {threshold:.3f} ({count} cases, cross-fitted)"
    )
    elsewhere = harmonic_mean(probability[count:], answerable[count:], threshold)
    console.print(f"training sets at that threshold: {elsewhere:.3f} ({len(public)} questions, cross-fitted)")
    note = f"fitted by evals/fit_reader.py on {', '.join(SOURCES)} and the cases tagged dev in evals/cases"
    options.output.write_text(json.dumps({"note": note, "threshold": round(threshold, 4), **models}), "utf-8")


if __name__ == "__main__":
    main()
