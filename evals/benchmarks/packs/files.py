"""Files as they come: texts in unknown encodings, and documents that are broken."""

import codecs
import json
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from assistant.errors import UnreadableFile
from assistant.loading import FORMATS, LoadOptions, load
from assistant.loading.normalising import one_line
from assistant.text.decoding import decode
from evals.benchmarks.packs.lines import Line, median

LONGEST = 15  # seconds: a file that takes longer counts as a hang
REFUSED = 3  # exit status of a process whose file could not be read, and was refused with the reason


def measure_encodings(folder: Path, *, limit: int | None, console: Console) -> Iterator[Line]:
    """One line: the share of files whose text is that of the true encoding, which their folder names."""
    paths = sorted(path for path in (folder / "tests").rglob("*") if path.is_file())[:limit]
    outcomes: Counter[str] = Counter()
    seconds = []
    for path in track(paths, folder.name, console=console, transient=True):
        started = time.perf_counter()
        outcomes[decoded(path.read_bytes(), true_encoding(path.parent.name))] += 1
        seconds.append(time.perf_counter() - started)
    metrics = {"decoded_right": outcomes["right"] / len(paths), "refused": outcomes["refused"]}
    yield Line(folder.name, "tests", len(paths), metrics, median(seconds))


def true_encoding(folder: str) -> str:
    """iso-8859-2 of "iso-8859-2-czech"; a name that Python has no codec for stands for itself."""
    for name in (folder, folder.rpartition("-")[0]):
        try:
            return codecs.lookup(name).name
        except LookupError:
            continue
    return folder


def decoded(data: bytes, encoding: str) -> str:
    """ "right", "wrong" or "refused"; a file that its own encoding cannot decode is never right."""
    try:
        text = decode(data)
    except UnreadableFile:
        return "refused"
    try:
        return "right" if text == data.decode(encoding).removeprefix("\ufeff") else "wrong"
    except (LookupError, UnicodeDecodeError):
        return "wrong"


def measure_broken(folder: Path, *, limit: int | None, console: Console) -> Iterator[Line]:
    """One line: what comes of every file that the program claims to read, each read by a process of its own.

    Beside it, of how many PDFs there is text, and of how many pdfium by itself gives any; both get the passwords.
    """
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    passwords = {entry["file"]: [entry["password"]] for entry in manifest if entry["password"]}
    paths = sorted(path for path in folder.glob("*/**/*") if path.is_file())
    paths = [path for path in paths if path.suffix.lower() in FORMATS][:limit]
    outcomes: Counter[str] = Counter()
    with_text: Counter[str] = Counter()
    seconds = []
    for path in track(paths, folder.name, console=console, transient=True):
        known = passwords.get(path.relative_to(folder).as_posix(), [])
        started = time.perf_counter()
        outcome = outcome_of(path, folder, known)
        seconds.append(time.perf_counter() - started)
        outcomes[outcome] += 1
        if path.suffix.lower() == ".pdf":
            with_text["pdfs"] += outcome == "with_text"
            with_text["pdfium"] += ending(_read_by_pdfium, path, known) == "with_text"
        if outcome not in ("with_text", "refused"):
            console.print(f"{path}: {outcome}", markup=False, highlight=False, soft_wrap=True)
    names = ("with_text", "refused", "other_errors", "hangs")
    metrics = {name: outcomes[name] for name in names}
    metrics |= {"pdfs_with_text": with_text["pdfs"], "pdfium_with_text": with_text["pdfium"]}
    yield Line(folder.name, "files", len(paths), metrics, median(seconds))


def outcome_of(path: Path, root: Path, passwords: Sequence[str] = ()) -> str:
    """ "with_text", "refused" (with a reason), "other_errors" (a crash of the interpreter too) or "hangs"."""
    return ending(_read, path, root, passwords)


def ending(read: Callable[..., None], *arguments: Any) -> str:
    """How `read` ends in a process of its own, in the words of `outcome_of`."""
    context = multiprocessing.get_context(
        "forkserver"
    )  # a parser's hang or crash stops nothing but its process
    context.set_forkserver_preload(["evals.benchmarks.packs.files", "pypdfium2", "trafilatura", "docx"])
    process = context.Process(target=read, args=arguments)
    process.start()
    process.join(LONGEST)
    if process.is_alive():
        process.kill()
        process.join()
        return "hangs"
    return {0: "with_text", REFUSED: "refused"}.get(process.exitcode or 0, "other_errors")


def _read(path: Path, root: Path, passwords: Sequence[str]) -> None:
    try:
        load(path, root=root, options=LoadOptions(tuple(passwords)))
    except UnreadableFile:
        sys.exit(REFUSED)


def _read_by_pdfium(path: Path, passwords: Sequence[str]) -> None:
    """Control codes are no text: pdfium gives them where a font has no map to letters."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path, password=next(iter(passwords), None))
    except pypdfium2.PdfiumError:
        sys.exit(REFUSED)
    for number in range(len(document)):
        try:
            text = document[number].get_textpage().get_text_range()
        except pypdfium2.PdfiumError:
            continue
        if one_line(text):
            return
    sys.exit(REFUSED)
