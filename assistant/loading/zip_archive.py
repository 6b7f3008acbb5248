"""A ZIP archive -> the Documents of its files, read in memory: nothing is unpacked to disk."""

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from assistant.errors import UnreadableFile
from assistant.loading.loaded import LeftOut, Loaded, Loader, Skipped, read_with
from assistant.loading.normalising import one_line
from assistant.types import Document

MOST_FILES = 10_000
MOST_BYTES = 500_000_000  # unpacked, of all files that are read
MOST_OF_ONE = 200_000_000
ENCRYPTED = 1  # the bit of an entry's flags
DAMAGED = "The archive is damaged or not a ZIP file; pack it again, or put its files in the folder."
MALFORMED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, RuntimeError)


def load_zip(data: bytes, name: str, *, loaders: Mapping[str, Loader]) -> Loaded:
    """The documents of every file of a known format, their ids "NAME/path"; archives inside are not opened.

    `loaders`: how each format is read, by suffix. A file that cannot be read is reported, and the others are read.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (*MALFORMED, LookupError):
        raise UnreadableFile(DAMAGED) from None
    if len(archive.namelist()) > MOST_FILES:
        raise UnreadableFile(f"The archive has more than {MOST_FILES:,} files; split it into smaller ones.")
    documents: list[Document] = []
    skipped: list[Skipped] = []
    left_out: list[LeftOut] = []
    notes: list[str] = []
    unknown: list[str] = []
    unpacked = 0
    for member, path in _visible(archive):
        loader = loaders.get(PurePosixPath(path).suffix.lower())
        if loader is None:
            unknown.append(path)
            continue
        try:
            content = _content(archive, member)
            unpacked += len(content)
            loaded = _read(loader, content, f"{name}/{path}")
            documents += [replace(document, path=name) for document in loaded.documents]
            skipped += loaded.skipped
            left_out += loaded.left_out
            notes += [f"{name}/{path}: {note}" for note in loaded.notes]
        except UnreadableFile as error:
            skipped.append(Skipped(f"{name}/{path}", str(error)))
        if unpacked > MOST_BYTES:
            raise UnreadableFile("The archive unpacks to more than 500 MB; split it into smaller ones.")
    if unknown:
        reason = f"Files of this kind are not read ({len(unknown):,} in the archive)."
        skipped.append(Skipped(f"{name}/{unknown[0]}", reason))
    if not documents and not skipped:
        raise UnreadableFile("The archive holds no files; put documents in it or remove it.")
    return Loaded(documents, tuple(skipped), tuple(left_out), tuple(notes))


def _visible(archive: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """The files that `scan` would not leave out silently, each with its path as a plain name."""
    for member in archive.infolist():
        parts = one_line(member.filename.replace("\\", "/")).split("/")
        parts = [part for part in parts if part not in ("", ".", "..")]
        is_hidden = any(part.startswith((".", "~$")) or part == "__MACOSX" for part in parts)
        if parts and not member.is_dir() and not is_hidden and parts[-1].lower() != "readme.md":
            yield member, "/".join(parts)


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The bytes of a file, at most one more than are allowed: an entry may be wrong about its size."""
    if member.flag_bits & ENCRYPTED:
        raise UnreadableFile(
            "The file is protected by a password; unpack the archive and put its files in the folder."
        )
    try:
        with archive.open(member) as file:
            return file.read(MOST_OF_ONE + 1)
    except MALFORMED:
        raise UnreadableFile("The file is damaged, or compressed in an unknown way; pack it again.") from None


def _read(loader: Loader, content: bytes, id: str) -> Loaded:
    if id.lower().endswith(".zip"):
        raise UnreadableFile("An archive inside an archive is not opened; put it in the folder by itself.")
    if len(content) > MOST_OF_ONE:
        raise UnreadableFile("The file has more than 200 MB; split it into smaller ones.")
    return read_with(loader, content, id)
