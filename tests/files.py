"""Files for tests of the loaders: written, and read by the loader of their format."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.errors import UnreadableFile
from assistant.loading import load
from assistant.types import Document


def read(path: Path, content: str | bytes = b"") -> Document:
    if content:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    (document,) = load(path, root=path.parent).documents
    return document


def reason(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(UnreadableFile) as error:
        load(path, root=path.parent)
    message = str(error.value)
    assert message.endswith(".")
    assert "Traceback" not in message
    return message


def changed(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The package with one part of it changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(buffer, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, change(content) if name == part else content)
    return buffer.getvalue()


def labelled(document: Document) -> list[str]:
    """The blocks of a document, each cell with the name of its column."""
    shown = []
    for block in document.blocks:
        text = document.text[block.start : block.end]
        for at, name in reversed(block.columns):
            text = text[: at - block.start] + f"{name}: " + text[at - block.start :]
        shown.append(text)
    return shown
