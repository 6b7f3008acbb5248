"""A new generation while it is being made, aside from the one that is served."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from assistant.errors import UserError
from assistant.indexing.verifying import check
from assistant.storage import CatalogWriter, Manifest, disk, generations, lifecycle, seal
from assistant.types import Embedder

ALMOST_FULL = 8_000_000  # bytes: a disk with fewer left counts as full
NAMED = 3  # files that could not be read and are named


class Draft:
    """A generation in the making: its folder, and its catalog once it is begun.

    `is_incremental`: it began as a copy of a whole generation, so that only changes have to be stored and verified.
    """

    catalog: CatalogWriter

    def __init__(self, index: Path) -> None:
        self.index = index
        self.name = generations.new_name(index)
        self.folder = generations.folder_of(index, self.name)

    def begin(self, base: str | None = None, parts: Sequence[str] = lifecycle.PARTS) -> None:
        """Empty, or with a copy of these parts of the generation `base`."""
        self.is_incremental = base is not None and parts == lifecycle.PARTS
        self.catalog = lifecycle.begin(self.index, self.name, base, parts=parts)

    def start_over(self) -> None:
        """Empty, where a copy will not do."""
        self.catalog.close()
        lifecycle.discard(self.index, self.name)
        self.begin()

    def close(self) -> None:
        self.catalog.close()

    def manifest(self, corpus: Path, embedder: Embedder, chroma_url: str | None) -> Manifest:
        """UserError where nothing could be read: an index of nothing is not worth switching to."""
        if not self.catalog.document_count():
            raise UserError(_nothing_readable(corpus, self.catalog.failures()))
        return Manifest(
            generation=self.name,
            embedder=embedder.fingerprint,
            chunking=generations.INDEX_FORMAT,
            corpus=str(corpus.absolute()),
            documents=self.catalog.document_count(),
            chunks=self.catalog.chunk_count(),
            built=datetime.now(UTC).isoformat(timespec="seconds"),
            chroma_url=chroma_url,
            collection=f"chunks-{self.name}" if chroma_url else "chunks",
        )

    def serve(self, changed: Sequence[int] | None) -> None:
        """Verify all passages, or the `changed` ones, and switch to it; UserError leaves the old one served."""
        self.catalog.close()
        seal.seal(self.folder)
        with closing(generations.open_generation(self.index, self.name)) as generation:
            wrong = [finding for finding in check(generation, changed) if not finding.ok]
        if wrong:
            raise UserError(
                f"The new index failed its checks, so the old one is still served: {wrong[0].what} Try again."
            )
        seal.note_opening(self.folder)
        lifecycle.switch(self.index, self.name)
        lifecycle.prune(self.index)


@contextmanager
def new_draft(
    index: Path, base: str | None = None, *, parts: Sequence[str] = lifecycle.PARTS
) -> Iterator[Draft]:
    """A draft, of which nothing is left unless it is served in the end; UserError where the disk is full."""
    draft = Draft(index)
    try:
        with _full_disk_explained(index):
            draft.begin(base, parts)
            with closing(draft):
                yield draft
    finally:
        if generations.current_name(index) != draft.name:
            lifecycle.discard(index, draft.name)


@contextmanager
def _full_disk_explained(index: Path) -> Iterator[None]:
    """One sentence, whichever part ran into it; to be left while the draft that fills the disk is still there."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        if not disk.is_full(index, error, least=ALMOST_FULL):
            raise
        raise UserError(
            f"The disk that holds {index} is full. The index is as it was; make room and run it again."
        ) from error


def _nothing_readable(corpus: Path, failures: Mapping[str, str]) -> str:
    reasons = [f"{path}: {reason}" for path, reason in failures.items()][:NAMED]
    return f"No document in {corpus} could be read; the index is as it was. " + " ".join(reasons)
