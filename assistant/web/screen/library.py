"""The library: which documents are indexed, taking files in, and bringing the index up to date."""

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
from assistant.indexing.build import build
from assistant.indexing.planning import BuildOptions, RemovesMuch
from assistant.indexing.progress import OnProgress
from assistant.indexing.report import BuildReport
from assistant.loading import FORMATS
from assistant.settings import Settings
from assistant.storage.catalog import Summary
from assistant.web.screen.file_names import safe_name
from assistant.web.screen.rendering import environment, title

UPLOADS = "uploads"  # folder inside the corpus
LARGEST = 50 * 2**20  # bytes of one uploaded file
ROWS = 300  # documents shown at a time; more make the page slow
LISTED = 8  # paths named in a report

_saving = threading.Lock()


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What was taken in and what was not, each in one sentence."""

    saved: tuple[str, ...]
    refused: tuple[str, ...]


def table(chain: AnswerChain, wanted: str = "") -> str:
    """The indexed documents whose title, publisher, date, file or tags have all the words that are wanted."""
    try:
        rows = chain.index.current().catalog.summaries()
    except UserError:
        return ""  # `failures` says why
    words = wanted.casefold().split()
    found = [row for row in rows if all(word in _told_of(row).casefold() for word in words)]
    return _render("library.html", shown=found[:ROWS], total=len(rows), hidden=len(found) - len(found[:ROWS]))


def _told_of(row: Summary) -> str:
    source = row.source
    return " ".join(map(str, (source.title, source.publisher, source.published, row.path, *source.tags)))


def failures(chain: AnswerChain) -> str:
    """The files that gave no document, with the reasons."""
    try:
        files = chain.index.current().catalog.files()
    except UserError as error:
        return _render("failures.html", problem=str(error), failures={})
    failed = {path: record.failure for path, record in files.items() if record.failure}
    return _render("failures.html", problem="", failures=failed)


def choices(chain: AnswerChain) -> list[tuple[str, str]]:
    """Tags and documents to limit a search to: what is shown, and the tag or id."""
    try:
        sources = chain.index.current().sources.values()
    except UserError:
        return []
    tags = Counter(tag for source in sources for tag in source.tags)
    tagged = [(f"tag: {tag} ({count:,})", tag) for tag, count in sorted(tags.items())]
    named = [(f"{title(s)} ({s.published or 'undated'})", s.document) for s in sorted(sources, key=title)]
    return tagged + named


def take_in(paths: Sequence[str], corpus: Path, *, uploads: Path) -> Uploaded:
    """Move uploaded files into the corpus; one that cannot be taken does not stop the others, and is deleted."""
    saved, refused = [], []
    for path in map(Path, paths):
        if path.is_symlink() or not path.resolve().is_relative_to(uploads):
            refused.append(f"{path.name} was not taken in: it was not uploaded.")
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
    """Copy a file into the corpus under a safe name, overwriting nothing; says what became of it."""
    name = safe_name(source.name)
    if Path(name).suffix.lower() not in FORMATS:
        raise UserError(
            f"{name} was not taken in: save it as .pdf, .docx, .txt or another format that is read."
        )
    if not source.is_file():
        raise UserError(f"{name} was not taken in: it is no file, or is gone by now. Add it again.")
    if source.stat().st_size > LARGEST:
        raise UserError(f"{name} was not taken in: it is larger than {LARGEST // 2**20} MB. Split it.")
    folder = corpus / UPLOADS
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _saving:
            target = _free_place(source, folder, name)
            if target.exists():
                return f"{target.name} is in the library already, with the same content."
            partial = folder / f".{target.name}.partial"  # hidden, so never indexed
            shutil.copyfile(source, partial)
            os.replace(partial, target)
    except OSError as error:
        raise UserError(f"{name} could not be saved in {folder}: {error.strerror}.") from error
    return f"{target.name} was saved in {UPLOADS}/."


def _free_place(source: Path, folder: Path, name: str) -> Path:
    """Where the file goes: its name, or the name with a number; a file of equal content is its own place."""
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
    """Bring the index up to date: the report, or one sentence that says why not; whether it asks to remove much."""
    try:
        done = build(
            settings.corpus,
            settings.index,
            embedder=chain.embedder,
            options=BuildOptions.from_settings(settings, may_remove=may_remove),
            on_progress=on_progress,
        )
    except RemovesMuch as error:
        return report(problem=f"{error.what} Look whether the folder is whole."), True
    except UserError as error:
        return report(problem=str(error)), False
    return report(build=done), False


def report(*, uploaded: Uploaded | None = None, build: BuildReport | None = None, problem: str = "") -> str:
    """What an upload or a build did."""
    saved, refused = (uploaded.saved, uploaded.refused) if uploaded else ((), ())
    return _render("report.html", saved=saved, refused=refused, build=build, problem=problem, most=LISTED)


def _render(template: str, **values: object) -> str:
    return environment().get_template(template).render(**values).strip()
