"""Files that mean harm, or are only large, each read by a worker: told in one sentence, and the rest goes on."""

import errno
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from assistant.errors import UnreadableFile, UserError
from assistant.indexing.pipeline import build
from assistant.loading import LoadOptions, load
from assistant.loading.loaded import Loaded
from assistant.loading.workers import FileWorkers, _begin
from assistant.storage.generations import IndexReader
from tests.conftest import WordEmbedder

ENTITIES = ['<!ENTITY x0 "ha">', *(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 30))]
BILLION_LAUGHS = f"""<?xml version="1.0"?><!DOCTYPE d [{" ".join(ENTITIES)}]>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:body><w:p><w:r><w:t>&x29;</w:t></w:r></w:p></w:body></w:document>"""


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return file.getvalue()


def read(folder: Path, *names: str, options: LoadOptions | None = None) -> dict[str, Loaded | UnreadableFile]:
    workers = FileWorkers(folder, options or LoadOptions())
    try:
        return dict(zip(names, workers.load_each(names), strict=True))
    finally:
        workers.close()


def test_hostile_files_are_told_and_the_others_are_read(
    notes: Path, tmp_path: Path, words_embedder: WordEmbedder
) -> None:
    zeros = bytes(300_000_000)
    with (notes / "sparse.txt").open("wb") as file:
        file.truncate(600_000_000)
    (notes / "bomb.zip").write_bytes(zipped(a_dot_txt=zeros, b_dot_txt=b"The mill is old."))
    (notes / "bomb.docx").write_bytes(zipped(word__document_dot_xml=zeros, b=zeros))
    (notes / "laughs.docx").write_bytes(zipped(word__document_dot_xml=BILLION_LAUGHS.encode()))
    (notes / "nested.zip").write_bytes(zipped(inner_dot_zip=zipped(a_dot_txt=b"Deep down.")))
    (notes / "two\nlines <b>.txt").write_text("The well is deep.", "utf-8")
    (notes / "outside.txt").symlink_to("/etc/passwd")
    (notes / "round").symlink_to(notes)
    os.mkfifo(notes / "pipe.txt")
    report = build(notes, tmp_path / "index", embedder=words_embedder)
    told = {path: reason.split(";")[0] for path, reason in report.failures.items()}
    assert told.pop("bomb.zip").startswith("Left out of it: bomb.zip/a.txt: The file has more than 200 MB")
    assert told.pop("nested.zip").endswith("An archive inside an archive is not opened")
    assert told == {
        "sparse.txt": "The file has more than 500 MB",
        "bomb.docx": "The file unpacks to more than 500 MB",
        "laughs.docx": "The file is damaged, or not a valid Word document",
        "outside.txt": "It is a link that leads out of the folder",
        "pipe.txt": "It is not an ordinary file",
        "round": "It is not an ordinary file",
    }
    ids = IndexReader(tmp_path / "index").current().numbers
    assert set(ids) == {"bridge.md", "ferry.md", "bakery.txt", "bomb.zip/b.txt", "two\nlines <b>.txt"}


def test_a_file_that_takes_too_long_is_left_out_and_the_next_ones_are_read(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "long.pdf"))
    for _ in range(3_000):
        for line in range(30):
            canvas.drawString(50, 800 - 20 * line, "The lighthouse was built in 1888 and sold again in 1931.")
        canvas.showPage()
    canvas.save()
    (tmp_path / "short.txt").write_text("The mill is old.", "utf-8")
    found = read(tmp_path, "long.pdf", "short.txt", options=LoadOptions(seconds=2))
    assert "longer than 2 s" in str(found["long.pdf"])
    assert isinstance(found["short.txt"], Loaded)


@pytest.mark.parametrize("name", ["long.txt", "long.md"])
def test_a_text_that_is_too_long_is_told_at_once_and_not_after_the_time_limit(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(b"The mill is old.\n" * 5_000_000)
    found = read(tmp_path, name, options=LoadOptions(seconds=5))
    assert "more than 20,000,000 characters; split it" in str(found[name])


def test_a_file_that_needs_too_much_memory_is_left_out(tmp_path: Path) -> None:
    pytest.importorskip("resource", reason="the system cannot limit the memory of a process")
    (tmp_path / "rows.csv").write_bytes(b"name,age\n" + b"x" * 450_000_000)
    (tmp_path / "short.txt").write_text("The mill is old.", "utf-8")
    found = read(tmp_path, "rows.csv", "short.txt")
    assert isinstance(found["rows.csv"], UnreadableFile)
    assert isinstance(found["short.txt"], Loaded)


def test_where_memory_cannot_be_limited_files_are_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.loading.workers._begin", _cannot_limit)
    assert all(isinstance(content, Loaded) for content in read(tmp_path, *mills(tmp_path)).values())


def _cannot_limit(parent: int, ready: Any) -> None:
    resource = pytest.importorskip("resource")

    def refuse(*_: object) -> None:
        raise ValueError("current limit exceeds maximum limit")  # as macOS says

    resource.setrlimit = refuse
    _begin(parent, ready)


def test_where_no_process_can_be_started_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("pebble.ProcessPool.schedule", refuse)
    with pytest.raises(UserError, match=r"Read-only file system.*/dev/shm"):
        read(tmp_path, *mills(tmp_path))


def test_a_worker_that_dies_is_told_and_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        (tmp_path / f"{number}.txt").write_text(f"The mill has {number} wheels.", "utf-8")
    monkeypatch.setattr("assistant.loading.workers._load", _dies_at_three)
    found = read(tmp_path, *(f"{number}.txt" for number in range(6)))
    assert "crashed the process" in str(found.pop("3.txt"))
    assert all(isinstance(content, Loaded) for content in found.values())


def _dies_at_three(path: Path, root: Path, options: LoadOptions) -> Loaded:
    if path.stem == "3":
        os.kill(os.getpid(), signal.SIGSEGV)
    return load(path, root=root, options=options)


def test_a_fault_of_a_parser_is_told_as_one_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("The mill is old.", "utf-8")
    monkeypatch.setattr("assistant.loading.workers._load", _fails)
    assert "cannot be parsed (ZeroDivisionError)" in str(read(tmp_path, "a.txt")["a.txt"])


def _fails(path: Path, root: Path, options: LoadOptions) -> Loaded:
    raise ZeroDivisionError


class Odd(Exception):
    """Cannot be made again from what it is sent as."""

    def __init__(self, what: str, where: int) -> None:
        super().__init__(what)


def _fails_oddly_at_three(path: Path, root: Path, options: LoadOptions) -> Loaded:
    if path.stem == "3":
        raise Odd("what", 3)
    return load(path, root=root, options=options)


def test_an_error_that_cannot_be_sent_is_one_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.loading.workers._load", _fails_oddly_at_three)
    found = read(tmp_path, *mills(tmp_path))
    assert "cannot be parsed (Odd)" in str(found.pop("3.txt"))
    assert all(isinstance(content, Loaded) for content in found.values())


def mills(folder: Path, count: int = 6) -> list[str]:
    for number in range(count):
        (folder / f"{number}.txt").write_text(f"The mill has {number} wheels.", "utf-8")
    return [f"{number}.txt" for number in range(count)]


def kill(workers: FileWorkers) -> None:
    for process in list(workers._pool._pool_manager.worker_manager.workers):
        os.kill(process, signal.SIGKILL)


def test_workers_that_are_killed_before_they_have_a_file_are_replaced(tmp_path: Path) -> None:
    names, workers = mills(tmp_path), FileWorkers(tmp_path, LoadOptions())
    workers.start(len(names))
    kill(workers)
    assert all(isinstance(content, Loaded) for content in workers.load_each(names))
    workers.close()


def test_workers_that_are_killed_while_they_wait_are_replaced(tmp_path: Path) -> None:
    names, workers = mills(tmp_path, 30), FileWorkers(tmp_path, LoadOptions())
    found = []
    for content in workers.load_each(names):
        found.append(content)
        if len(found) == 3:
            time.sleep(1)  # until what was handed over is read
            kill(workers)
            time.sleep(1)
    assert len(found) == 30
    assert all(isinstance(content, Loaded) for content in found)
    workers.close()


def test_a_worker_that_is_killed_while_it_reads_loses_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = mills(tmp_path)
    monkeypatch.setattr("assistant.loading.workers._load", _dies_at_three_once)
    assert all(isinstance(content, Loaded) for content in read(tmp_path, *names).values())


def _dies_at_three_once(path: Path, root: Path, options: LoadOptions) -> Loaded:
    if path.stem == "3" and not (root / "died").exists():
        (root / "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return load(path, root=root, options=options)


def test_what_takes_long_is_named_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("The mill is old.", "utf-8")
    monkeypatch.setattr("assistant.loading.workers._load", _sleeps)
    monkeypatch.setattr("assistant.loading.workers.PATIENCE", 0.2)
    workers, slow = FileWorkers(tmp_path, LoadOptions(seconds=1)), set()
    list(workers.load_each(["a.txt"], lambda path, _: slow.add(path)))
    workers.close()
    assert slow == {"a.txt"}


def _sleeps(path: Path, root: Path, options: LoadOptions) -> Loaded:
    time.sleep(30)
    raise UnreadableFile("never")


HOLDER = """
import sys
from pathlib import Path
from typing import Any
from assistant.loading import LoadOptions
from assistant.loading.workers import FileWorkers
from tests import test_workers
from assistant.loading import workers

if __name__ == "__main__":
    workers._load = test_workers._tells_and_hangs
    list(FileWorkers(Path(sys.argv[1]), LoadOptions(seconds=600)).load_each(["a.txt"]))
"""


def _tells_and_hangs(path: Path, root: Path, options: LoadOptions) -> Loaded:
    (root / "worker").write_text(str(os.getpid()))
    while True:
        pass


def test_workers_die_with_the_process_that_builds(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The mill is old.", "utf-8")
    script = tmp_path / "holder.py"
    script.write_text(HOLDER, "utf-8")
    with subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)], env=os.environ | {"PYTHONPATH": "."}
    ) as holder:
        while not (tmp_path / "worker").exists() or not (tmp_path / "worker").read_text():
            assert holder.poll() is None
            time.sleep(0.05)
        worker = int((tmp_path / "worker").read_text())
        holder.kill()
    for _ in range(100):
        if not _is_running(worker):
            return
        time.sleep(0.1)
    os.kill(worker, signal.SIGKILL)
    pytest.fail("The worker went on without the process that it worked for.")


def _is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_workers_that_are_not_needed_after_all_end_without_a_word(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for moment in range(6):
        workers = FileWorkers(tmp_path, LoadOptions())
        workers.start(2)
        time.sleep(0.05 * moment)  # while they come up
        workers.close()
        del workers
    assert capfd.readouterr().err == ""
