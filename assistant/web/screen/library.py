"""The library: the indexed documents, adding files, and bringing the index up to date."""

import filecmp
import os
import shutil
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from assistant.chain import AnswerChain
from assistant.errors import UserError
from assistant.indexing import BuildOptions, BuildReport, OnProgress, RemovesMuch, build
from assistant.loading import FORMATS
from assistant.settings import Settings
from assistant.storage import Summary
from assistant.web.screen.file_names import safe_name
from assistant.web.screen.rendering import environment, title

UPLOADS = "uploads"  # folder inside the corpus
LARGEST = 50 * 2**20  # of one uploaded file
MAX_ROWS = 300  # more documents make the page slow
MAX_PATHS = 8  # named in a report

_saving = threading.Lock()


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What was added and what was not, one sentence each."""

    saved: tuple[str, ...]
    refused: tuple[str, ...]


def table(chain: AnswerChain, search: str = "") -> str:
    """The indexed documents whose title, publisher, date, file or tags contain all words of the search."""
    try:
        rows = chain.index.current().catalog.summaries()
    except UserError:
        return ""  # `failures` says why
    words = search.casefold().split()
    matching = [row for row in rows if all(word in _searchable(row).casefold() for word in words)]
    shown = matching[:MAX_ROWS]
    return _render("library.html", shown=shown, total=len(rows), hidden=len(matching) - len(shown))


def _searchable(row: Summary) -> str:
    source = row.source
    return " ".join(map(str, (source.title, source.publisher, source.published, row.path, *source.tags)))


def failures(chain: AnswerChain) -> str:
    """The files that need attention, with the reasons, and what was left out of files on purpose."""
    try:
        files = chain.index.current().catalog.files()
    except UserError as error:
        return _render("failures.html", problem=str(error), failures={}, left_out={})
    failed = {path: record.failure for path, record in files.items() if record.failure}
    left_out = {path: record.left_out for path, record in files.items() if record.left_out}
    return _render("failures.html", problem="", failures=failed, left_out=left_out)


def choices(chain: AnswerChain) -> list[tuple[str, str]]:
    """Tags and documents that a search can be limited to: the label, and the tag or id."""
    try:
        sources = chain.index.current().sources.values()
    except UserError:
        return []
    tags = Counter(tag for source in sources for tag in source.tags)
    tagged = [(f"tag: {tag} ({count:,})", tag) for tag, count in sorted(tags.items())]
    named = [(f"{title(s)} ({s.published or 'undated'})", s.document) for s in sorted(sources, key=title)]
    return tagged + named


def take_in(paths: Sequence[str], corpus: Path, *, uploads: Path) -> Uploaded:
    """Move uploaded files into the corpus; one that is refused is deleted and does not stop the others."""
    saved, refused = [], []
    for path in map(Path, paths):
        if path.is_symlink() or not path.resolve().is_relative_to(uploads):
            refused.append(f"{path.name} was not added: it was not uploaded here.")
            continue
        try:
            saved.append(save(path, corpus))
        except UserError as error:
            refused.append(str(error))
        path.unlink(missing_ok=True)
        if path.parent != uploads:
            with suppress(OSError):
                path.parent.rmdir()
    return Uploaded(tuple(saved), tuple(refused))


def save(source: Path, corpus: Path) -> str:
    """Copy a file into the corpus under a safe name without overwriting anything; returns a sentence that says so."""
    name = safe_name(source.name)
    if Path(name).suffix.lower() not in FORMATS:
        raise UserError(
            f"{name} was not added: this format is not supported. "
            "Save it as .pdf, .docx, .txt or another supported format."
        )
    if not source.is_file():
        raise UserError(f"{name} was not added: it is not a file, or no longer exists. Add it again.")
    if source.stat().st_size > LARGEST:
        raise UserError(
            f"{name} was not added: it is larger than {LARGEST // 2**20} MB. Split it into smaller files."
        )
    folder = corpus / UPLOADS
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _saving:
            target = _free_place(source, folder, name)
            if target.exists():
                return f"{target.name} is already in the library, with the same content."
            partial = folder / f".{target.name}.partial"  # hidden, so never indexed
            shutil.copyfile(source, partial)
            os.replace(partial, target)
    except OSError as error:
        raise UserError(f"{name} could not be saved in {folder}: {error.strerror}.") from error
    return f"{target.name} was saved in {UPLOADS}/."


def _free_place(source: Path, folder: Path, name: str) -> Path:
    """The path to save it at: its name, numbered if another file has it; an equal file's own path."""
    stem, suffix = os.path.splitext(name)
    number = 1
    target = folder / name
    while target.exists() and not filecmp.cmp(source, target, shallow=False):
        number += 1
        target = folder / f"{stem}-{number}{suffix}"
    return target


def update(
    chain: AnswerChain, settings: Settings, on_progress: OnProgress, *, may_remove: bool = False
) -> tuple[str, bool]:
    """Bring the index up to date: the report as HTML, and whether removing many documents has to be confirmed."""
    try:
        done = build(
            settings.corpus,
            settings.index,
            embedder=chain.embedder,
            options=BuildOptions.from_settings(settings, may_remove=may_remove),
            on_progress=on_progress,
        )
    except RemovesMuch as error:
        return report(problem=f"{error.what} Check that the folder is complete."), True
    except UserError as error:
        return report(problem=str(error)), False
    return report(build=done), False


def report(*, uploaded: Uploaded | None = None, build: BuildReport | None = None, problem: str = "") -> str:
    """The outcome of an upload or a build as HTML."""
    saved, refused = (uploaded.saved, uploaded.refused) if uploaded else ((), ())
    return _render("report.html", saved=saved, refused=refused, build=build, problem=problem, most=MAX_PATHS)


def _render(template: str, **values: object) -> str:
    return environment().get_template(template).render(**values).strip()
