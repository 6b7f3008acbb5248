"""A pack's documents, indexed and ready to be asked about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from assistant.indexing.progress import Progress
from assistant.types import Answer, Question


@dataclass(frozen=True, slots=True)
class Opened:
    """The texts of the documents by id, and what answers from them."""

    texts: Mapping[str, str]
    answer: Callable[[Question], Answer]


Opener = Callable[[Path, str], Opened]  # a corpus and the name of its index


def quoting(indexes: Path, console: Console, *, reader: str = "packaged") -> Opener:
    """Opens a corpus with the chain of the page, quoting with the packaged embedder whatever the settings say.

    Its index, `indexes`/NAME, is built or brought up to date first.
    """
    from assistant.chain import AnswerChain
    from assistant.indexing.pipeline import build
    from assistant.models.embedder import load_embedder
    from assistant.reading.readers import load_reader
    from assistant.storage.generations import IndexReader

    embedder = load_embedder()

    def open_corpus(corpus: Path, name: str) -> Opened:
        with console.status(f"{name}: indexing") as status:

            def show(progress: Progress) -> None:
                status.update(f"{name}: {progress}")

            build(corpus, indexes / name, embedder=embedder, on_progress=show)
        chain = AnswerChain(IndexReader(indexes / name), embedder, reader=load_reader(reader))
        documents = chain.index.current().catalog.documents()
        return Opened({document.id: document.text for document in documents}, chain.invoke)

    return open_corpus
