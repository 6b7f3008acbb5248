"""Bytes -> str: a byte order mark, then strict UTF-8, then detection; never a replacement character."""

import codecs
import re
from collections.abc import Iterator

from assistant.errors import UnreadableFile

MARKS = (  # the longer first: UTF-32's little-endian mark begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Valid UTF-8, but not meant as such: UTF-16 without its mark is full of NULs, ISO-2022 shifts by ESC or SO.
NOT_UTF8 = re.compile(rb"[\x00\x0e]|\x1b[$(]")
CONFIDENT = 0.9  # below this, chardet may take a few words of modern text for an old Mac or DOS code page
NEARLY_EQUAL = 0.05
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
MOST_CONTROLS = 0.02  # share of characters; old printer files hold a few, binary ones a tenth and more


def decode(data: bytes) -> str:
    """The text in `data`, without its byte order mark; UnreadableFile where it is not text."""
    text = _decoded(data)
    if "\x00" in text or len(CONTROL.findall(text)) > MOST_CONTROLS * len(text):
        raise UnreadableFile("The file holds binary data, not text; save it as plain text and try again.")
    return text


def _decoded(data: bytes) -> str:
    encoding = next((name for mark, name in MARKS if data.startswith(mark)), None)
    try:
        if encoding:
            return data.decode(encoding).removeprefix("\ufeff")
        if not NOT_UTF8.search(data[:4096]):
            return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    for encoding in _candidates(data):
        try:
            return data.decode(encoding).removeprefix("\ufeff")
        except (UnicodeDecodeError, LookupError):  # python lacks a codec for a few encodings
            continue
    raise UnreadableFile("The file's text encoding is not recognised; save it as UTF-8 and try again.")


def _candidates(data: bytes) -> Iterator[str]:
    """The names of the encodings the bytes are likely to be in, the likeliest first; none for binary data."""
    from chardet import EncodingEra, detect

    detected = detect(data)
    if detected["encoding"] and detected["confidence"] < CONFIDENT:
        old = EncodingEra.LEGACY_MAC | EncodingEra.DOS | EncodingEra.MAINFRAME
        newer = detect(data, encoding_era=EncodingEra.ALL & ~old)
        if newer["encoding"] and newer["confidence"] > detected["confidence"] - NEARLY_EQUAL:
            detected = newer
    if detected["encoding"]:
        yield str(detected["encoding"])
        # only the start was examined: what comes later may need the larger Windows code page
        yield str(detect(data, prefer_superset=True)["encoding"])
