"""What reading a file gives: its documents, and the parts of it that could not be read."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from assistant.errors import UnreadableFile
from assistant.types import Document

MOST_CHARACTERS = 20_000_000  # of one document, some 7,000 pages
MOST_BYTES_EACH = 4  # of one character
TOO_LONG = f"Its text has more than {MOST_CHARACTERS:,} characters; split it into smaller documents."
NAMED_PARTS = 5  # of those that could not be read


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is left out, by its path in the corpus, or a part of a file by its id; and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Words of a file that are in no document on purpose: "a hidden row", "a running head"; and those words."""

    what: str  # in the singular, with its article
    text: str

    @property
    def several(self) -> str:
        """The same in the plural: "attachments of another format"."""
        noun, of, rest = self.what.partition(" of ")
        return f"{noun.partition(' ')[2]}s{of}{rest}"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The documents of one file, what could not be read, what was left out on purpose, and notes on how it was read."""

    documents: list[Document]
    skipped: tuple[Skipped, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    digest: str = ""  # of the file's content when it was read

    @property
    def failure(self) -> str | None:
        """What was left out, in words, and the notes; None where there is neither."""
        if not self.skipped:
            return " ".join(self.notes) or None
        reasons = " ".join(f"{part.path}: {part.reason}" for part in self.skipped[:NAMED_PARTS])
        more = len(self.skipped) - NAMED_PARTS
        rest = f" And {more:,} more." if more > 0 else ""
        return " ".join([f"Left out of it: {reasons}{rest}", *self.notes])

    @property
    def left_out_in_words(self) -> str:
        """ "a hidden sheet, 3 running heads"; empty where nothing was left out."""
        kinds = {part.what: part for part in self.left_out}
        counts = Counter(part.what for part in self.left_out)
        return ", ".join(
            what if n == 1 else f"{n:,} {kinds[what].several}" for what, n in sorted(counts.items())
        )


Loader = Callable[[bytes, str], list[Document] | Loaded]  # a file's content and name -> what is in it


def read_with(loader: Loader, data: bytes, name: str) -> Loaded:
    """What a loader finds, no id twice; UnreadableFile where it finds nothing."""
    if not data.strip():
        raise UnreadableFile("The file is empty; put text in it or remove it.")
    content = loader(data, name)
    loaded = content if isinstance(content, Loaded) else Loaded(content)
    if not any(document.text.strip() for document in loaded.documents):
        raise UnreadableFile(loaded.failure or _no_text(name))
    kept = _distinct(loaded)
    if not kept.documents:
        raise UnreadableFile(kept.skipped[-1].reason)
    return kept


def refuse_longer(data: bytes) -> None:
    """UnreadableFile before a minute is spent on reading a text that is too long."""
    if len(data) > MOST_CHARACTERS * MOST_BYTES_EACH:
        raise UnreadableFile(TOO_LONG)


def _no_text(name: str) -> str:
    if name.lower().endswith(".pdf"):
        return "The file holds no text; if it is a scan, turn on the setting ocr and index it again."
    return "The file holds no text; put text in it or remove it."


def _distinct(loaded: Loaded) -> Loaded:
    """The first document of each id, as an archive may hold two files of one name; and none that is too long."""
    documents: dict[str, Document] = {}
    skipped = list(loaded.skipped)
    for document in loaded.documents:
        if len(document.text) > MOST_CHARACTERS:
            skipped.append(Skipped(document.id, TOO_LONG))
            continue
        if document.id in documents:
            skipped.append(Skipped(document.id, "Another part of the file has this id; make it unique."))
        documents.setdefault(document.id, document)
    return replace(loaded, documents=list(documents.values()), skipped=tuple(skipped))
