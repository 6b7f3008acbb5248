"""Text as files hold it -> as it is shown and quoted: plain spaces, joined lines, separate paragraphs."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise

NEWLINES = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028]")
SPACES = re.compile(r"[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# No-width characters, bidirectional overrides that can hide words from a reader, and stray control codes.
# Joiners are kept between letters that need them (Persian, Hindi, emoji) and dropped beside ASCII.
INVISIBLE = re.compile(
    r"[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufffe\uffff]"
    r"|[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"
    r"|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)
SURROGATES = re.compile(r"[\ud800-\udfff]")  # half a character: no encoding can store it
MARKER = re.compile(r"(?:[-*+•‣▪●◦·]|\(?\d{1,3}[.)]|\(?[a-zA-Z]\)|\([ivx]{1,4}\))(?: |$)")
BULLET = re.compile(r"^[*+•‣▪●◦·] +")
GAP = re.compile(r"(?<=\S) {3,}(?=\S)")  # between the columns of a table that was laid out with spaces
CONJUNCTION = re.compile(r"(?:and|or|to|und|oder|et|ou|y)\b")  # "pre-" / "and post-war" is no compound
SHORT = 50  # columns; a paragraph whose every line is shorter was broken on purpose (an address, a list)


def clean(text: str) -> str:
    """`text` in NFC with \\n line ends, plain spaces, nothing invisible and no space before a line's end."""
    text = SURROGATES.sub("\ufffd", NEWLINES.sub("\n", text)).replace("\u2029", "\n\n")
    text = unicodedata.normalize("NFC", text)
    previous = None
    while previous != text:  # taking out a joiner may bring together two characters that compose
        previous, text = text, unicodedata.normalize("NFC", INVISIBLE.sub("", SPACES.sub(" ", text)))
    return "\n".join(line.rstrip(" ") for line in text.split("\n"))


def one_line(text: str) -> str:
    """`text` cleaned, with every run of white space made one space."""
    simple = text.isascii() and text.isprintable()
    return " ".join((text if simple else clean(text)).split())


def joined(blocks: Iterable[str]) -> str:
    """Paragraphs as one text, a blank line between them; empty ones are left out."""
    return "\n\n".join(block for block in (block.strip("\n") for block in blocks) if block.strip())


def laid_out(blocks: Iterable[tuple[str, str]]) -> str:
    """(kind, text) blocks as one text: a blank line between them, none between two of the kind "item"."""
    text = ""
    for (before, _), (kind, block) in pairwise([("", ""), *blocks]):
        text += ("\n" if before == kind == "item" else "\n\n") + block
    return text.strip("\n")


def placed(parts: Iterable[str], *, between: str = "\n\n") -> tuple[str, tuple[int, ...]]:
    """The parts as one text, and where each starts in it; an empty part starts where the next one does."""
    pieces: list[str] = []
    starts: list[int] = []
    start = 0  # of the next part that is not empty
    for part in parts:
        starts.append(start)
        if part:
            pieces.append(part)
            start += len(part) + len(between)
    text = between.join(pieces)
    return text, tuple(min(start, len(text)) for start in starts)


def normalise(text: str) -> str:
    """Plain text with its wrapped lines joined; short lines broken on purpose stay apart."""
    paragraphs: list[list[str]] = [[]]
    for line in clean(text.expandtabs(8)).split("\n"):
        if line.strip():
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    return joined(unwrap(paragraph) for paragraph in paragraphs if paragraph)


def unwrap(lines: Sequence[str]) -> str:
    """The lines of one paragraph, joined where only the width of the page broke them."""
    width = max(map(columns, lines))
    lines = [tidy(line) for line in lines]
    pieces = [lines[0]]
    for previous, line in pairwise(lines):
        if width < SHORT or MARKER.match(line) or " | " in previous or " | " in line:
            pieces.append("\n")
        elif _had_room(previous, line, width):
            pieces.append("\n\n")
        else:
            pieces.append(separator(previous, line))
        pieces.append(line)
    return "".join(pieces)


def tidy(line: str) -> str:
    """One line with single spaces, "- " for any bullet and " | " between columns."""
    line = BULLET.sub("- ", line.strip())
    label = MARKER.match(line)
    start = label.end() if label else 0
    return re.sub(r" {2,}", " ", line[:start] + GAP.sub(" | ", line[start:].lstrip()))


def columns(text: str) -> int:
    """The width of `text` in a fixed-width font, where a Chinese character takes two columns."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def join_lines(first: str, second: str) -> str:
    """Two lines of one sentence as one."""
    return first + separator(first, second) + second


def separator(first: str, second: str) -> str:
    """What joins two lines of one sentence: a space between words, nothing between Chinese characters."""
    if not first or not second or (_is_wide(first[-1]) and _is_wide(second[0])):
        return ""
    is_compound = first[-1] == "-" and first[-2:-1].isalpha() and second[0].isalpha()
    return "" if is_compound and not CONJUNCTION.match(second) else " "


def _is_wide(character: str) -> bool:
    # Korean is wide too, but puts spaces between its words
    return unicodedata.east_asian_width(character) in "WF" and not "\uac00" <= character <= "\ud7a3"


def _had_room(previous: str, line: str, width: int) -> bool:
    """Whether the line before was left short of the page's width although the next word would have fitted."""
    fits = columns(previous) + 1 + columns(line.split()[0]) <= width
    return fits and not line[0].islower() and not _is_wide(line[0])
