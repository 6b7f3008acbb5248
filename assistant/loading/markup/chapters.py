"""The files of a book -> the parts of each; a footnote or endnote comes where it is referred to."""

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from assistant.loading.layout import Part
from assistant.loading.loaded import LeftOut
from assistant.loading.markup.tree import NEVER_SHOWN, parts_of
from assistant.loading.normalising import one_line

NOTES = {"footnote", "endnote", "rearnote", "note", "doc-footnote", "doc-endnote"}
REFERENCES = {"noteref", "doc-noteref"}
BACK = {"backlink", "doc-backlink", "referrer"}
BLOCKS = {"p", "li", "aside", "dd", "div", "section", "td", "blockquote"}
KEY = "note-key"  # an attribute of ours: the note that a link refers to


def types_of(node: Any) -> set[str]:
    """What a node is, by epub:type and role."""
    if not isinstance(node.tag, str):
        return set()
    return {*node.get("epub:type", "").split(), *node.get("role", "").split()}


def chapters_of(files: Mapping[str, Any], left_out: list[LeftOut]) -> list[list[Part]]:
    """The parts of each file that have words; what else the files say is added to `left_out`. Changes the trees."""
    for tree in files.values():
        _take_out(tree, left_out)
    notes = _Notes(files, left_out)
    chapters = {name: list(parts_of(tree, NEVER_SHOWN, notes.of)) for name, tree in files.items()}
    for name, text in notes.rest():
        chapters[name].append(Part("note", text))
    return list(chapters.values())


def _take_out(tree: Any, left_out: list[LeftOut]) -> None:
    """What is no text of the chapter."""
    found = []
    for node in reversed(tree.xpath("//nav | //svg | //img[@alt]")):  # what is in one of them first
        what = "a table of contents" if node.tag == "nav" else "a picture"
        if words := one_line(" ".join([node.get("alt", ""), *node.itertext()])):
            found.append(LeftOut(what, words))
        drop(node)
    left_out += reversed(found)


class _Notes:
    """The notes of a book, taken out of its trees."""

    def __init__(self, files: Mapping[str, Any], left_out: list[LeftOut]) -> None:
        self._left_out = left_out
        nodes = {
            f"{name}#{node.get('id')}": node
            for name, tree in files.items()
            for node in tree.xpath("//*[@id]")
        }
        self._by_key: dict[str, Any] = {}  # the note of each reference
        for key, link in self._references(files):
            note = _whole(nodes.get(key))
            if note is not None and note not in link.iterancestors():
                self._by_key[key] = note
        typed = (node for tree in files.values() for node in tree.iter() if types_of(node) & NOTES)
        found = dict.fromkeys([*self._by_key.values(), *typed])
        self._files = {node: name for name, tree in files.items() for node in tree.iter() if node in found}
        self._texts: dict[Any, str] = {}
        for node in sorted(found, key=lambda node: -sum(1 for _ in node.iterancestors())):
            self._texts[node] = _words(node)
            drop(node)

    def of(self, link: Any) -> str:
        """The text of the note that a link refers to, the first time."""
        return self._texts.pop(self._by_key.get(link.get(KEY, "")), "")

    def rest(self) -> Iterator[tuple[str, str]]:
        """The file and the text of those that nothing refers to, or only another note."""
        return ((self._files[node], text) for node, text in self._texts.items())

    def _references(self, files: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Each link to a note, and to which; the links lose their words, as notes follow without their marks."""
        for name, tree in files.items():
            for link in tree.xpath("//a"):
                types = types_of(link)
                if types & REFERENCES:
                    file, _, id = unquote(link.get("href", "")).partition("#")
                    path = posixpath.join(posixpath.dirname(name), file) if file else name
                    key = f"{posixpath.normpath(path)}#{id}"
                    link.set(KEY, key)
                    self._empty(link, "a mark of a note")
                    yield key, link
                elif types & BACK:
                    self._empty(link, "a link back from a note")

    def _empty(self, link: Any, what: str) -> None:
        if words := one_line(link.text_content()):
            self._left_out.append(LeftOut(what, words))
        link.text = None
        for child in list(link):
            link.remove(child)


def _words(note: Any) -> str:
    """Its lines; that it is an item of a list of notes is left out."""
    first, *others = [part.text for part in parts_of(note, NEVER_SHOWN)] or [""]
    return "\n".join([first.removeprefix("- ") if note.tag == "li" else first, *others])


def _whole(node: Any) -> Any:
    """The block that a node is in, or the note; None where that is the whole file."""
    while node is not None and not types_of(node) & NOTES and node.tag not in BLOCKS:
        node = node.getparent()
    return node


def drop(node: Any) -> None:
    """Take a node out of its tree, and keep apart what stands on both sides."""
    if node.getparent() is not None:
        node.tail = f" {node.tail or ''}"
        node.drop_tree()
