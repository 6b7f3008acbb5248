"""Files added, edited, renamed and removed, builds and rollbacks, in any order: the index equals one built afresh.

With SLOW_TESTS=1 some 2,000 steps are taken.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from assistant.indexing import cataloguing, planning, served
from assistant.indexing.pipeline import build
from assistant.indexing.planning import BuildOptions
from assistant.question.parse import parse_question
from assistant.retrieval.search import retrieve
from assistant.storage.generations import Generation, IndexReader
from assistant.storage.lifecycle import roll_back
from assistant.storage.seal import SEAL
from assistant.types import Question
from tests.conftest import ReadHere, WordEmbedder

EXAMPLES, STEPS = (40, 50) if os.environ.get("SLOW_TESTS") else (4, 20)
NAMES = st.sampled_from([f"{letter}.txt" for letter in "abcdefgh"] + ["wire.jsonl"])
WORDS = st.lists(
    st.sampled_from("bridge ferry mill bakery tower toll River Board (RB) 1888 crowns".split()),
    min_size=1,
    max_size=12,
)
QUESTIONS = ["What does the ferry cost?", "bridge tower", "Where is the bakery of the River Board?"]


def written(name: str, words: list[str]) -> str:
    text = f"The {' '.join(words)}."
    if name.endswith(".jsonl"):
        return "".join(
            f'{{"id": "{name}-{number}", "text": "{text} {number}"}}\n' for number in range(len(words))
        )
    return f"Title: {words[0]}\nDate: 2024-0{len(words) % 9 + 1}-01\n\n{text}\n\nAnother paragraph: {words[-1]}.\n"


def generation_names(index: Path) -> list[str]:
    """Of those that are finished and were not given up."""
    return [path.parent.name for path in (index / "generations").glob(f"*/{SEAL}")]


def everything(generation: Generation, embedder: WordEmbedder) -> dict[str, Any]:
    """All that can be told of an index, but for the numbers of documents and chunks."""
    table, sources = generation.table, generation.sources
    numbers = [number for number in range(len(table.document)) if table.document[number] >= 0]
    numbers.sort(key=lambda number: int(table.order[number]))
    vectors = generation.vectors.vectors(numbers) if numbers else []
    asked = [parse_question(Question(question), names=generation.names) for question in QUESTIONS]
    return {
        "documents": [
            (d.source, d.text, d.path, d.pages)
            for d in sorted(generation.catalog.documents(), key=lambda d: d.id)
        ],
        "files": [(f.path, f.hash, f.failure) for f in generation.catalog.files().values()],
        "names": dict(generation.names),
        "sketches": generation.catalog.sketches(),
        "spans": [
            (sources[int(table.document[n])].document, int(table.start[n]), int(table.end[n]))
            for n in numbers
        ],
        "vectors": [vector.tolist() for vector in vectors],
        "keywords": [
            [float(generation.keywords.scores(question)[n]) for n in numbers] for question in QUESTIONS
        ],
        "found": [
            [(p.document, p.start, p.score) for p in retrieve(question, generation, embedder)]
            for question in asked
        ],
    }


class Index(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp())
        self.corpus, self.index = self.home / "notes", self.home / "index"
        self.embedder = WordEmbedder()
        self.kept: dict[str, dict[str, Any]] = {}  # what each generation held when it was built

    @initialize()
    def begin(self) -> None:
        self.corpus.mkdir()
        (self.corpus / "first.txt").write_text("The bridge has a toll.", "utf-8")
        self.bring_up_to_date()

    @rule(name=NAMES, words=WORDS)
    def write(self, name: str, words: list[str]) -> None:
        (self.corpus / name).write_text(written(name, words), "utf-8")

    @rule(old=NAMES, new=NAMES)
    def rename(self, old: str, new: str) -> None:
        if (self.corpus / old).exists() and Path(old).suffix == Path(new).suffix:
            (self.corpus / old).rename(self.corpus / new)

    @rule(name=NAMES)
    def remove(self, name: str) -> None:
        (self.corpus / name).unlink(missing_ok=True)

    @rule(small=st.sampled_from([0.0, served.SMALL_CHANGE, 1.0]), tick=st.sampled_from([0, planning.TICK]))
    def bring_up_to_date(self, small: float = 1.0, tick: int = 0) -> None:
        afresh = self.home / "afresh"
        with patch.object(cataloguing, "FileWorkers", ReadHere):
            # Changes are made in a copy, or all is made anew; stamps of files are trusted, or not yet.
            with patch.object(served, "SMALL_CHANGE", small), patch.object(planning, "TICK", tick):
                build(self.corpus, self.index, embedder=self.embedder, options=BuildOptions(may_remove=True))
            build(self.corpus, afresh, embedder=self.embedder)
        held = everything(self.served(), self.embedder)
        assert held == everything(IndexReader(afresh).current(), self.embedder)
        shutil.rmtree(afresh)
        self.kept[self.served().name] = held

    @precondition(lambda self: self.index.exists() and min(generation_names(self.index)) < self.served().name)
    @rule()
    def go_back(self) -> None:
        roll_back(self.index)

    @invariant()
    def what_is_served_is_what_was_built(self) -> None:
        if self.index.exists():
            served = self.served()
            assert everything(served, self.embedder) == self.kept[served.name]

    def served(self) -> Generation:
        return self.reader().current()

    def reader(self) -> IndexReader:
        if not hasattr(self, "_reader"):
            self._reader = IndexReader(self.index)
        return self._reader

    def teardown(self) -> None:
        shutil.rmtree(self.home)


TestIndex = Index.TestCase
TestIndex.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
