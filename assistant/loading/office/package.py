"""What Office files and books have in common: a zip of XML parts, and properties that say who wrote them."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant.errors import UnreadableFile
from assistant.loading.metadata import clean_value, parse_date, title_from_name
from assistant.types import Source

OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")  # the container of .doc, .xls and .ppt, and of encrypted files
WEB_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body|table|meta)\b", re.IGNORECASE)
ENCRYPTED = 1  # the bit of an entry's flags
LARGEST = 500_000_000  # bytes unpacked; a small file that unpacks to more is a trap
# What the libraries raise beside their own errors when parts, names or attributes are missing in the package;
# the parser of Python itself raises a SyntaxError.
MALFORMED = (KeyError, ValueError, AttributeError, TypeError, IndexError, EOFError, OSError, SyntaxError)
TEMPLATE_DATES = (  # of the templates of python-docx and python-pptx: no dates of a document
    datetime(2013, 12, 23, 23, 15),
    datetime(2013, 1, 27, 9, 14, 16),
)


@contextmanager
def opening(
    data: bytes, *, kind: str, program: str, suffix: str, errors: tuple[type[Exception], ...] = ()
) -> Iterator[None]:
    """Whatever a library raises over a file inside the block becomes UnreadableFile; so does a trap.

    `kind`: what the file should be; `program`: what saves such files; `errors`: the library's own.
    """
    from lxml.etree import LxmlError

    damaged = (
        f"The file is damaged, or not a valid {kind}; open it in {program} and save it again as {suffix}."
    )
    locked = f"The file is protected by a password or in an old format; save it in {program} without one as {suffix}."
    if data.startswith(OLD_OFFICE):
        raise UnreadableFile(locked)
    if WEB_PAGE.match(data):
        raise UnreadableFile(
            f"The file is a web page named {suffix}; give it a name that ends in .html, "
            f"or save it in {program} as {suffix}."
        )
    try:
        _check_size(data)
        yield
    except RuntimeError:  # zipfile's, for an entry with a password or of an unknown compression
        raise UnreadableFile(locked if _is_encrypted(data) else damaged) from None
    except (zipfile.BadZipFile, zlib.error, LxmlError, *errors, *MALFORMED):
        raise UnreadableFile(damaged) from None


def _check_size(data: bytes) -> None:
    """zipfile never unpacks more of an entry than its declared size."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
            raise UnreadableFile("The file unpacks to more than 500 MB; split it into smaller documents.")


def _is_encrypted(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(entry.flag_bits & ENCRYPTED for entry in archive.infolist())
    except NotImplementedError:  # of a version that no program writes
        return False


def office_source(name: str, stated: Any, *, title: str | None) -> Source:
    """What the core properties of a Word or PowerPoint file say; `title` where they have none."""
    created = stated.created
    is_template = created and created.replace(tzinfo=None) in TEMPLATE_DATES
    return Source(
        document=name,
        title=clean_value(stated.title) or title or title_from_name(Path(name)),
        publisher=_publisher(stated),
        author=clean_value(stated.author),
        published=None if is_template else parse_date(created),
        url=next(iter(re.findall(r"https?://\S+", f"{stated.identifier} {stated.comments}")), None),
    )


def _publisher(stated: Any) -> str | None:
    """Office has no field for a publisher: the category, subject or comment, unless it is an address."""
    values = (clean_value(value) for value in (stated.category, stated.subject, stated.comments))
    return next((value for value in values if value and "://" not in value), None)
