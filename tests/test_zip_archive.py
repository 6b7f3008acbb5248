"""A ZIP archive -> the Documents of its files."""

import contextlib
import io
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import UnreadableFile
from assistant.indexing.pipeline import build
from assistant.loading import load, zip_archive
from assistant.loading.loaded import Loaded
from assistant.storage.generations import IndexReader
from tests.conftest import WordEmbedder
from tests.files import reason


def packed(files: Iterable[tuple[str, str | bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()


def unpacked(tmp_path: Path, data: bytes) -> Loaded:
    (tmp_path / "in").mkdir(exist_ok=True)
    path = tmp_path / "in" / "a.zip"
    path.write_bytes(data)
    return load(path, root=tmp_path)


def ids(loaded: Loaded) -> list[str]:
    return [document.id for document in loaded.documents]


def test_each_file_of_a_known_format_is_a_document_under_the_archives_name(tmp_path: Path) -> None:
    record = json.dumps({"id": "w1", "text": "A record."})
    loaded = unpacked(
        tmp_path, packed([("note.md", "# Ferry\n\nAt six."), ("b/c.TXT", "Words."), ("wire.jsonl", record)])
    )
    assert ids(loaded) == ["in/a.zip/note.md", "in/a.zip/b/c.TXT", "w1"]
    assert {document.path for document in loaded.documents} == {"in/a.zip"}
    assert loaded.documents[0].source.title == "Ferry"
    assert loaded.failure is None


def test_what_cannot_be_read_is_told_and_loses_nothing_else(tmp_path: Path) -> None:
    files = [
        ("a.pdf", b"%PDF broken"),
        ("b.txt", "Words."),
        ("c.txt", ""),
        ("d.zip", packed([("x.txt", "No.")])),
    ]
    loaded = unpacked(tmp_path, packed([*files, ("logo.png", b"x"), ("icon.png", b"y")]))
    assert ids(loaded) == ["in/a.zip/b.txt"]
    told = {part.path: part.reason for part in loaded.skipped}
    assert "damaged" in told["in/a.zip/a.pdf"]
    assert "empty" in told["in/a.zip/c.txt"]
    assert "inside an archive" in told["in/a.zip/d.zip"]
    assert "(2 in the archive)" in told["in/a.zip/logo.png"]


def test_what_is_left_out_of_a_folder_is_left_out_of_an_archive(tmp_path: Path) -> None:
    names = ("README.md", ".git/x.txt", "__MACOSX/b.txt", "~$b.docx", "empty/", "b.txt")
    loaded = unpacked(tmp_path, packed([(name, "" if name.endswith("/") else "Words.") for name in names]))
    assert (ids(loaded), loaded.skipped) == (["in/a.zip/b.txt"], ())


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../etc/b.txt", "etc/b.txt"),
        ("/etc/b.txt", "etc/b.txt"),
        ("..\\..\\b.txt", "b.txt"),
        ("./a//./b.txt", "a/b.txt"),
        ("b\x1b[31m\u202e.txt", "b[31m.txt"),
        ("b\n c.txt", "b c.txt"),
    ],
)
def test_names_are_only_names(tmp_path: Path, name: str, plain: str) -> None:
    assert ids(unpacked(tmp_path, packed([(name, "Words.")]))) == [f"in/a.zip/{plain}"]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.zip", "in"]


def test_two_files_of_one_name_are_not_mixed_up(tmp_path: Path, words_embedder: WordEmbedder) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = packed([("b.txt", "The first."), ("b.txt", "The second."), ("c.txt", "Words.")])
    loaded = unpacked(tmp_path, data)
    assert [document.text for document in loaded.documents] == ["The first.", "Words."]
    assert "unique" in loaded.skipped[0].reason
    report = build(tmp_path / "in", tmp_path / "index", embedder=words_embedder)
    assert "unique" in report.failures["a.zip"]
    assert IndexReader(tmp_path / "index").current().catalog.document("a.zip/b.txt").text == "The first."


def test_a_file_with_a_password_is_told(tmp_path: Path) -> None:
    data = bytearray(packed([("secret.txt", "Words.")]))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    assert "password" in reason(tmp_path / "a.zip", bytes(data))


def test_an_archive_without_readable_files_is_told(tmp_path: Path) -> None:
    assert "no files" in reason(tmp_path / "a.zip", packed([]))
    assert "not read" in reason(tmp_path / "a.zip", packed([("logo.png", b"x")]))


def test_a_damaged_file_in_an_archive_does_not_lose_the_others(tmp_path: Path) -> None:
    data = packed([("a.txt", "The ferry leaves at six."), ("b.txt", "Words.")], zipfile.ZIP_STORED)
    loaded = unpacked(tmp_path, data.replace(b"leaves at six", b"leaves at ten"))
    assert ids(loaded) == ["in/a.zip/b.txt"]
    assert "damaged" in loaded.skipped[0].reason


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_archive_is_reported(tmp_path: Path, share: float) -> None:
    data = packed([("a.txt", "The ferry leaves at six."), ("b.txt", "Words.")])
    assert "damaged" in reason(tmp_path / "a.zip", data[: int(len(data) * share)])


def test_an_archive_that_unpacks_to_very_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zip_archive, "MOST_BYTES", 50_000)
    monkeypatch.setattr(zip_archive, "MOST_OF_ONE", 30_000)
    loaded = unpacked(tmp_path, packed([("a.txt", "word " * 8_000), ("b.txt", "Words.")]))
    assert ids(loaded) == ["in/a.zip/b.txt"]
    assert "200 MB" in loaded.skipped[0].reason
    many = packed([(f"{number}.txt", "word " * 5_000) for number in range(3)])
    assert "500 MB" in reason(tmp_path / "b.zip", many)
    monkeypatch.setattr(zip_archive, "MOST_FILES", 2)
    assert "2 files" in reason(tmp_path / "c.zip", many)


def test_the_size_that_an_archive_states_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zip_archive, "MOST_BYTES", 50_000)
    data = packed([("a.txt", "word " * 20_000)])
    size = len("word " * 20_000).to_bytes(4, "little")
    assert data.count(size) == 2
    loaded_or_told = reason(tmp_path / "a.zip", data.replace(size, (100).to_bytes(4, "little")))
    assert "damaged" in loaded_or_told


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_an_archive_with_any_byte_changed_is_read_or_reported(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    broken = bytearray(packed([("a.txt", "The ferry leaves at six."), ("b.md", "Words.")]))
    for position in data.draw(st.lists(st.integers(0, len(broken) - 1), min_size=1, max_size=20)):
        broken[position] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "changed.zip"
    path.write_bytes(bytes(broken))
    with contextlib.suppress(UnreadableFile):
        load(path, root=path.parent)
