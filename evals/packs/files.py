"""Files as they come: texts in unknown encodings, and documents that are broken."""

import codecs
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import track

from assistant.errors import UnreadableFile
from assistant.loading import FORMATS, load
from assistant.loading.decoding import decode
from evals.packs.lines import Line, median

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
    """One line: what comes of every file that the program claims to read, each read by a process of its own."""
    paths = sorted(path for path in folder.glob("*/**/*") if path.is_file())
    paths = [path for path in paths if path.suffix.lower() in FORMATS][:limit]
    outcomes: Counter[str] = Counter()
    seconds = []
    for path in track(paths, folder.name, console=console, transient=True):
        started = time.perf_counter()
        outcome = outcome_of(path, folder)
        seconds.append(time.perf_counter() - started)
        outcomes[outcome] += 1
        if outcome not in ("with_text", "refused"):
            console.print(f"{path}: {outcome}", markup=False, highlight=False, soft_wrap=True)
    names = ("with_text", "refused", "other_errors", "hangs")
    metrics = {name: outcomes[name] for name in names}
    yield Line(folder.name, "files", len(paths), metrics, median(seconds))


def outcome_of(path: Path, root: Path) -> str:
    """ "with_text", "refused" (with a reason), "other_errors" (a crash of the interpreter too) or "hangs"."""
    context = multiprocessing.get_context(
        "forkserver"
    )  # a parser's hang or crash stops nothing but its process
    context.set_forkserver_preload(["evals.packs.__main__", "pypdfium2", "trafilatura", "docx"])
    process = context.Process(target=_read, args=(path, root))
    process.start()
    process.join(LONGEST)
    if process.is_alive():
        process.kill()
        process.join()
        return "hangs"
    return {0: "with_text", REFUSED: "refused"}.get(process.exitcode or 0, "other_errors")


def _read(path: Path, root: Path) -> None:
    try:
        load(path, root=root)
    except UnreadableFile:
        sys.exit(REFUSED)
