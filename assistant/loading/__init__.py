"""A file -> Documents: finds the files of a corpus and reads each by its format."""

import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from assistant.errors import UnreadableFile, UserError
from assistant.loading.delimited import load_delimited
from assistant.loading.epub import load_epub
from assistant.loading.excel import load_excel
from assistant.loading.html import load_html
from assistant.loading.json_lines import load_json_lines
from assistant.loading.loaded import Loaded, Reader, Skipped, read_with
from assistant.loading.mail import load_mailbox, load_message
from assistant.loading.markdown import load_markdown
from assistant.loading.metadata_file import METADATA_FILE
from assistant.loading.pdf import load_pdf, read_passwords
from assistant.loading.powerpoint import load_powerpoint
from assistant.loading.text import load_text
from assistant.loading.word import load_word
from assistant.loading.zip_archive import load_zip

__all__ = ["FORMATS", "Loaded", "Skipped", "load", "read_passwords", "scan"]


def readers(passwords: Sequence[str] = (), *, ocr: bool = False) -> dict[str, Reader]:
    """How each format is read, by the suffix of its files.

    `passwords` are tried on protected PDFs; `ocr`: their pages without text are recognised.
    """
    found: dict[str, Reader] = {
        ".txt": load_text,
        ".md": load_markdown,
        ".markdown": load_markdown,
        ".html": load_html,
        ".htm": load_html,
        ".pdf": partial(load_pdf, passwords=passwords, ocr=ocr),
        ".docx": load_word,
        ".pptx": load_powerpoint,
        ".xlsx": load_excel,
        ".csv": load_delimited,
        ".tsv": load_delimited,
        ".epub": load_epub,
        ".jsonl": load_json_lines,
    }
    found[".eml"] = partial(load_message, attachable=found)
    found[".mbox"] = partial(load_mailbox, attachable=found)
    found[".zip"] = partial(load_zip, readers=found)
    return found


FORMATS = tuple(readers())  # the suffixes of the files that can be read


def scan(corpus: Path) -> tuple[list[Path], list[Skipped]]:
    """The readable files of `corpus`, a folder or one file, in path order, and what is left out.

    Hidden files, README.md, the corpus' metadata.csv and Office's lock files are left out without a word.
    """
    if not corpus.exists():
        raise UserError(
            f"The folder {corpus} does not exist; create it and put documents in, or name another."
        )
    folder, names = (corpus.parent, [corpus.name]) if corpus.is_file() else (corpus, sorted(_names(corpus)))
    reasons = {name: _reason_to_skip(os.path.join(folder, name), folder) for name in names}
    skipped = [Skipped(name, reason) for name, reason in reasons.items() if reason]
    return [folder / name for name, reason in reasons.items() if not reason], skipped


def load(path: Path, *, root: Path, passwords: Sequence[str] = (), ocr: bool = False) -> Loaded:
    """The documents of one file, never none, and what was left out of it; a file's id is its path in `root`.

    `passwords` are tried in turn on a PDF that is protected; `ocr`: its pages without text are recognised.
    UnreadableFile says why it cannot be read and what to do, and does not repeat its name.
    """
    reader = readers(passwords, ocr=ocr).get(path.suffix.lower())
    if reader is None:
        raise UnreadableFile(_unknown(path))
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(
            f"The file cannot be opened ({error.strerror}); check its permissions."
        ) from None
    return read_with(reader, data, path.relative_to(root).as_posix())


def _names(corpus: Path) -> Iterator[str]:
    """Every visible file under `corpus`, and every linked folder, which is never entered; relative."""
    for folder, folders, files in os.walk(corpus, onerror=_not_listed):
        inside = Path(folder).relative_to(corpus).as_posix()
        linked = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        folders[:] = [name for name in folders if not name.startswith(".") and name not in linked]
        for name in files + linked:
            path = name if inside == "." else f"{inside}/{name}"
            is_document = name.lower() != "readme.md" and path != METADATA_FILE
            if is_document and not name.startswith((".", "~$")):
                yield path


def _not_listed(error: OSError) -> None:
    """What cannot be listed is not taken for empty: its documents would be removed from the index."""
    raise UserError(
        f"The folder {error.filename} cannot be listed ({error.strerror}), so nothing was done; check its permissions."
    )


def _reason_to_skip(path: str, folder: Path) -> str | None:
    if os.path.islink(path) and not Path(path).resolve().is_relative_to(folder.resolve()):
        return "It is a link that leads out of the folder; copy the file itself into the folder."
    if not os.path.isfile(path):
        return "It is no ordinary file; put the file itself in the folder."
    return None if os.path.splitext(path)[1].lower() in FORMATS else _unknown(Path(path))


def _unknown(path: Path) -> str:
    known = ", ".join(FORMATS)
    return f"Files ending in {path.suffix!r} are not read; save it as one of {known}."
