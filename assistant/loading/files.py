"""The files of a corpus, and how each is read by its format."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from assistant.errors import UnreadableFile, UserError
from assistant.loading.loaded import Loaded, Loader, Skipped, read_with
from assistant.loading.mail.message import load_mailbox, load_message
from assistant.loading.markup.epub import load_epub
from assistant.loading.markup.html import load_html
from assistant.loading.markup.markdown import load_markdown
from assistant.loading.metadata_file import METADATA_FILE
from assistant.loading.office.excel.workbook import load_excel
from assistant.loading.office.powerpoint.document import load_powerpoint
from assistant.loading.office.word.document import load_word
from assistant.loading.pdf.document import load_pdf
from assistant.loading.tables.delimited import load_delimited
from assistant.loading.tables.json_lines import load_json_lines
from assistant.loading.text import load_text
from assistant.loading.zip_archive import load_zip

LARGEST = 500_000_000  # bytes of a file
MAY_HOLD_PDFS = (".pdf", ".zip")
OCR_FACTOR = 20  # times as long may reading take where text is recognised


@dataclass(frozen=True)
class LoadOptions:
    """How files are read."""

    passwords: tuple[str, ...] = ()  # tried in turn on PDFs that are protected
    ocr: bool = False  # whether the text of pages that are images is recognised
    seconds: float = 60  # that reading one file may take; with `ocr`, OCR_FACTOR times as many

    @property
    def time_limit(self) -> float:
        return self.seconds * (OCR_FACTOR if self.ocr else 1)

    def mark(self, path: str) -> str:
        """The options that affect how a file is read: where they change, it has to be read again."""
        relevant = (self.passwords, self.ocr)
        return repr(relevant) if any(relevant) and path.lower().endswith(MAY_HOLD_PDFS) else ""


def loaders(options: LoadOptions) -> dict[str, Loader]:
    """How each format is read, by the suffix of its files."""
    by_suffix: dict[str, Loader] = {
        ".txt": load_text,
        ".md": load_markdown,
        ".markdown": load_markdown,
        ".html": load_html,
        ".htm": load_html,
        ".pdf": partial(load_pdf, passwords=options.passwords, ocr=options.ocr),
        ".docx": load_word,
        ".pptx": load_powerpoint,
        ".xlsx": load_excel,
        ".csv": load_delimited,
        ".tsv": load_delimited,
        ".epub": load_epub,
        ".jsonl": load_json_lines,
    }
    by_suffix[".eml"] = partial(load_message, loaders=by_suffix)
    by_suffix[".mbox"] = partial(load_mailbox, loaders=by_suffix)
    by_suffix[".zip"] = partial(load_zip, loaders=by_suffix)
    return by_suffix


INDEX_FILES = {"writer.lock", "writer.json"}  # a folder with both is an index
FORMATS = tuple(loaders(LoadOptions()))  # the suffixes of the files that can be read


def scan(corpus: Path) -> tuple[dict[str, os.stat_result], list[Skipped]]:
    """The readable files of `corpus`, a folder or one file, by their paths in it, in order; and what is left out.

    Hidden files, README.md, the corpus's metadata.csv, Office's lock files and an index are left out silently.
    """
    if not corpus.exists():
        raise UserError(
            f"The folder {corpus} does not exist; create it and put documents in it, or name another."
        )
    files: dict[str, os.stat_result] = {}
    skipped: list[Skipped] = []
    for path, entry in sorted(_entries(corpus), key=lambda pair: pair[0]):
        reason = _reason_to_skip(path, entry, corpus)
        if reason:
            skipped.append(Skipped(_printable(path), reason))
            continue
        with suppress(FileNotFoundError):  # it was removed just now
            files[path] = entry.stat()
    return files, skipped


def load(path: Path, *, root: Path, options: LoadOptions | None = None) -> Loaded:
    """The documents of one file, at least one, and what was left out of it; a file's id is its path in `root`.

    UnreadableFile says why it cannot be read and what to do, and does not repeat its name.
    """
    loader = loaders(options or LoadOptions()).get(path.suffix.lower())
    if loader is None:
        raise UnreadableFile(_unknown(path))
    try:
        if path.stat().st_size > LARGEST:
            raise UnreadableFile(
                f"The file has more than {LARGEST // 1_000_000} MB; split it into smaller ones."
            )
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(
            f"The file cannot be opened ({error.strerror}); check its permissions."
        ) from None
    loaded = read_with(loader, data, path.relative_to(root).as_posix())
    return replace(loaded, digest=hashlib.sha256(data).hexdigest())


def _entries(corpus: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Every visible file under `corpus`, and every linked folder, which is never entered; paths are relative."""
    if corpus.is_file():
        yield next((entry.name, entry) for entry in _listed(corpus.parent) if entry.name == corpus.name)
        return
    folders = [("", os.fspath(corpus))]
    while folders:
        inside, folder = folders.pop()
        entries = _listed(folder)
        if inside and {entry.name for entry in entries} >= INDEX_FILES:
            continue
        for entry in entries:
            path = inside + entry.name
            if entry.name.startswith((".", "~$")):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append((f"{path}/", entry.path))
            elif path != METADATA_FILE and entry.name.lower() != "readme.md":
                yield path, entry


def _listed(folder: str | Path) -> list[os.DirEntry[str]]:
    """UserError where a folder cannot be listed: taken for empty, its documents would be removed from the index."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError as error:
        raise UserError(
            f"The folder {folder} cannot be listed ({error.strerror}), so nothing was done; check its permissions."
        ) from None


def _reason_to_skip(path: str, entry: os.DirEntry[str], corpus: Path) -> str | None:
    if _printable(path) != path:
        return "Its name is not written in UTF-8; rename it."
    if entry.is_symlink() and not _is_inside(entry.path, root_of(corpus)):
        return "It is a link that leads out of the folder; copy the file itself into the folder."
    if not (os.path.isfile(entry.path) if entry.is_symlink() else entry.is_file()):
        return "It is not an ordinary file; put the file itself in the folder."
    return None if os.path.splitext(entry.name)[1].lower() in FORMATS else _unknown(Path(entry.name))


def _is_inside(path: str, folder: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def root_of(corpus: Path) -> Path:
    """The folder that paths are relative to."""
    return corpus if corpus.is_dir() else corpus.parent


def _printable(name: str) -> str:
    """With "?" for what is not UTF-8, which Python passes on as half characters."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _unknown(path: Path) -> str:
    which = f"Files ending in {path.suffix!r}" if path.suffix else "Files without an ending"
    return f"{which} are not read; save it as .pdf, .docx, .txt or another format that is."
