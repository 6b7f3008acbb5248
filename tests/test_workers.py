"""Files that mean harm, or are only large, each read by a worker: told in one sentence, and the rest goes on."""

import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from assistant.errors import UnreadableFile
from assistant.generations import Reader
from assistant.indexing import build
from assistant.loading import LoadOptions
from assistant.loading.loaded import Loaded
from assistant.loading.workers import FileWorkers
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
        "laughs.docx": "The file is damaged or no Word document",
        "outside.txt": "It is a link that leads out of the folder",
        "pipe.txt": "It is no ordinary file",
        "round": "It is no ordinary file",
    }
    ids = Reader(tmp_path / "index").current().numbers
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
    assert "more than 20,000,000 characters; divide it" in str(found[name])


def test_a_file_that_needs_too_much_memory_is_left_out(tmp_path: Path) -> None:
    pytest.importorskip("resource", reason="the system cannot limit the memory of a process")
    (tmp_path / "rows.csv").write_bytes(b"name,age\n" + b"x" * 450_000_000)
    (tmp_path / "short.txt").write_text("The mill is old.", "utf-8")
    found = read(tmp_path, "rows.csv", "short.txt")
    assert isinstance(found["rows.csv"], UnreadableFile)
    assert isinstance(found["short.txt"], Loaded)


def test_a_worker_that_dies_is_told_and_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        (tmp_path / f"{number}.txt").write_text(f"The mill has {number} wheels.", "utf-8")
    monkeypatch.setattr("assistant.loading.workers._load", _dies_at_three)
    found = read(tmp_path, *(f"{number}.txt" for number in range(6)))
    assert "ended the process" in str(found.pop("3.txt"))
    assert all(isinstance(content, Loaded) for content in found.values())


def _dies_at_three(path: Path, root: Path, options: LoadOptions) -> Loaded:
    from assistant.loading import load

    if path.stem == "3":
        os.kill(os.getpid(), signal.SIGSEGV)
    return load(path, root=root, options=options)


def test_a_fault_of_a_parser_is_told_as_one_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("The mill is old.", "utf-8")
    monkeypatch.setattr("assistant.loading.workers._load", _fails)
    assert "not understood (ZeroDivisionError)" in str(read(tmp_path, "a.txt")["a.txt"])


def _fails(path: Path, root: Path, options: LoadOptions) -> Loaded:
    raise ZeroDivisionError


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
