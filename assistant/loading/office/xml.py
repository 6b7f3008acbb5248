"""Names and small steps in the XML of Word and PowerPoint files."""

from collections.abc import Collection, Iterator
from typing import Any

from assistant.loading.normalising import one_line

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
TEXTS = (W + "t", W + "delText", M + "t", A + "t")
CONTAINERS = {W + name for name in ("sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml")}
GAPS = (W + "p", A + "p", W + "tab", W + "br", A + "br", W + "cr")  # between words


def value(node: Any, path: str) -> str | None:
    """The `w:val` of the first node at a path in a node, if there is one; "" where it has none."""
    found = None if node is None else node.find(path)
    return None if found is None else found.get(W + "val", "")


def number(node: Any, path: str) -> int | None:
    """The same, where it is a number."""
    text = value(node, path) or ""
    return int(text) if text.isdecimal() else None


def is_on(node: Any, path: str) -> bool:
    """Whether there is such a property, and it is not set to false."""
    return value(node, path) not in (None, "0", "false", "off")


def children(node: Any) -> Iterator[Any]:
    """The elements in it; of versions for newer and older programs the first that has words, else the first."""
    for child in node.iterchildren("*"):
        if child.tag == COMPATIBLE + "AlternateContent":
            versions = list(child.iterchildren(COMPATIBLE + "Choice", COMPATIBLE + "Fallback"))
            worded = (version for version in versions if next(version.iter(*TEXTS), None) is not None)
            for version in [*worded, *versions][:1]:
                yield from children(version)
        else:
            yield child


def within(node: Any, tags: Collection[str]) -> Iterator[Any]:
    """The blocks of a body, rows of a table, cells of a row: those that a control or a change is put around too."""
    for child in children(node):
        if child.tag in tags:
            yield child
        elif child.tag in CONTAINERS:
            yield from within(child, tags)


def root_of(part: Any) -> Any:
    """The XML of a part of the package."""
    from lxml import etree

    if hasattr(part, "element"):
        return part.element
    return etree.fromstring(part.blob, etree.XMLParser(resolve_entities=False, no_network=True))


def words_of(node: Any) -> str:
    """All words in it, shown or not, on one line."""
    return one_line(raw_text(node))


def raw_text(node: Any) -> str:
    """The same, with the spaces at its ends."""
    return "".join(_pieces(node))


def _pieces(node: Any) -> Iterator[str]:
    if node.tag in GAPS:
        yield " "
    if node.tag in TEXTS:
        yield node.text or ""
    for child in children(node):
        yield from _pieces(child)
    if node.tag in GAPS:
        yield " "
