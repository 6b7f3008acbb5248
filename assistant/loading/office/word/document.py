"""A Word file -> a Document: its text with notes, numbers and tables, what stands in the margins, what is left out."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from assistant.loading.layout import Part, laid_out
from assistant.loading.loaded import Loaded
from assistant.loading.office.package import office_source, opening
from assistant.loading.office.word.numbering import Lists
from assistant.loading.office.word.story import Story, WordFile
from assistant.loading.office.word.styles import Styles
from assistant.loading.office.xml import R, W, is_on, root_of, words_of
from assistant.types import Document

PAGES = re.compile(r"\b(?:PAGE|NUMPAGES|SECTIONPAGES)\b")  # in the code of a field
PAGE_NUMBER = re.compile(r"\W*\d+(?:\W+\d+)?\W*")  # "2", "- 2 -", "2 / 7"
NOTES = ("footnote", "endnote", "comment")


def load_word(data: bytes, name: str) -> Loaded:
    """The one document of a Word file; `name` is its id."""
    from docx.opc.exceptions import OpcError

    with opening(data, kind="Word document", program="Word", suffix=".docx", errors=(OpcError,)):
        return _read(data, name)


def _read(data: bytes, name: str) -> Loaded:
    import docx

    document = docx.Document(io.BytesIO(data))
    main = document.part
    styles = Styles(document.styles.element)
    file = WordFile(styles, Lists(_root(main, "numbering"), styles), dict(_notes(main)))
    body = Story(file, main).parts(document.element.body)
    headers, footers = (_margin(file, main, which) for which in ("header", "footer"))
    for (kind, _), (node, _) in file.notes.items():
        file.leave_out(f"{'an' if kind == 'endnote' else 'a'} {kind} that nothing refers to", words_of(node))
    text, blocks = laid_out([*headers, *body, *footers])
    title = next((part.text for part in body if part.kind == "heading" and part.level == 1), None)
    source = office_source(name, document.core_properties, title=title)
    found = Document(source=source, text=text, path=name, blocks=blocks)
    return Loaded([found], skipped=tuple(file.skipped), left_out=tuple(file.left_out))


def _parts(main: Any, name: str) -> Iterator[Any]:
    """The parts of the package that are the file's "footnotes", "numbering" …"""
    for relation in main.rels.values():
        if not relation.is_external and relation.reltype.endswith("/" + name):
            yield relation.target_part


def _root(main: Any, name: str) -> Any:
    from lxml.etree import Element

    return next(map(root_of, _parts(main, name)), Element(name))


def _notes(main: Any) -> Iterator[tuple[tuple[str, str], tuple[Any, Any]]]:
    """Footnotes, endnotes and comments by kind and id; not the lines that separate them from the text."""
    for kind in NOTES:
        for part in _parts(main, kind + "s"):
            for node in root_of(part).iterchildren(W + kind):
                if node.get(W + "type", "normal") == "normal":
                    yield (kind, node.get(W + "id", "")), (node, part)


def _margin(file: WordFile, main: Any, which: str) -> list[Part]:
    """What the headers or the footers say, each thing once, without the numbers of pages."""
    parts: dict[str, Part] = {}
    for part in _margin_parts(file, main, which):
        root = root_of(part)
        codes = " ".join(_field_codes(root))
        for own in Story(file, part).parts(root):
            if own.text in parts:
                file.leave_out(f"a page {which} that says the same", own.text)
            elif PAGES.search(codes) and PAGE_NUMBER.fullmatch(own.text):
                file.leave_out("a page number", own.text)
            else:
                parts[own.text] = replace(own, kind="note", level=0, columns=(), hangs_on=None)
    return list(parts.values())


def _margin_parts(file: WordFile, main: Any, which: str) -> Iterator[Any]:
    """The headers or the footers that pages show, in the order of the sections."""
    sections = [
        node for node in main.element.body.iter(W + "sectPr") if node.getparent().tag != W + "sectPrChange"
    ]
    shown = {
        "first": any(is_on(section, W + "titlePg") for section in sections),
        "even": is_on(_root(main, "settings"), W + "evenAndOddHeaders"),
    }
    seen = set()
    for reference in (node for section in sections for node in section.iterchildren(f"{W}{which}Reference")):
        part = main.related_parts.get(reference.get(R + "id"))
        if part is None or part.partname in seen:
            continue
        seen.add(part.partname)
        if shown.get(reference.get(W + "type"), True):
            yield part
        else:
            file.leave_out(f"a page {which} that no page shows", words_of(root_of(part)))


def _field_codes(root: Any) -> Iterator[str]:
    for node in root.iter(W + "instrText", W + "fldSimple"):
        yield node.get(W + "instr") or node.text or ""
