"""An HTML page -> a Document: the article without menus and footers; nothing is fetched or run."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.loading.metadata import clean_value, parse_date, title_from_name
from assistant.loading.normalising import joined, one_line
from assistant.text.decoding import decode
from assistant.types import Document, Source

# A page's own statement of when it was published, in full. htmldate, which trafilatura brings, also takes the date of
# a change, of any <time>, of an image's address, and 3/4/2026 for one day: so it is not used.
DATE_TAGS = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dcterms.date",
    "dcterms.created",
    "citation_publication_date",
    "citation_date",
    "parsely-pub-date",
    "sailthru.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "date",
)
SILENT = ("script", "style", "template", "noscript", "svg", "title", "iframe", "object", "select", "button")
MENUS = ("nav", "footer", "aside", "form")
BLOCKS = {
    "p",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "section",
    "article",
    "main",
    "header",
    "blockquote",
}
BLOCKS |= {"body", "ul", "ol", "dl", "table", "pre", "figure", "figcaption", "hr", "address", "nav", "footer"}
BLOCKS |= {"aside", "form", "fieldset", "details", "summary", "caption", "center"}
BLOCKS |= {"head", "list", "quote", "code"}  # trafilatura's own names
ITEMS = {"li", "item"}
CELLS = {"td", "th", "cell"}
TABLES = {"table", "ul", "ol", "list"}  # what is inside is one paragraph, a line for each row or item
BLOCK, LINE, ITEM, CELL = "\x1d", "\x1e", "\x1f", "\x1c"  # marks no text can hold: they are taken out of it
MARKS = dict.fromkeys(map(ord, (BLOCK, LINE, ITEM, CELL)))
ITEM_START = re.compile(rf"{ITEM}[{LINE}\s]*")
SHORTEST_ARTICLE = 250  # characters; for less, trafilatura returns the whole page with its menus
LINES = {"br", "lb", "li", "item", "dt", "dd", "tr", "row"}


def load_html(data: bytes, name: str) -> list[Document]:
    """The one document of a web page; `name` is its id."""
    page = _parsed(decode(data))
    if page is None:
        return []
    extracted, article = _article(page, strict=True)
    if len(article) < SHORTEST_ARTICLE:
        extracted, article = _article(page, strict=False)
    if len(article) < SHORTEST_ARTICLE:
        article = _text(page, leave_out=(*SILENT, *MENUS)) or _text(page)
    source = Source(
        document=name,
        title=clean_value(getattr(extracted, "title", None)) or _heading(page) or title_from_name(Path(name)),
        publisher=clean_value(getattr(extracted, "sitename", None)),
        author=clean_value(getattr(extracted, "author", None)),
        published=parse_date(next(_dates(page), None)),
        url=clean_value(getattr(extracted, "url", None)),
    )
    return [Document(source=source, text=article, path=name)]


def _article(page: Any, *, strict: bool) -> tuple[Any, str]:
    """What trafilatura finds, and its text; `strict`: without teasers and lists of links."""
    from trafilatura import bare_extraction

    extracted: Any = bare_extraction(
        page,
        favor_precision=strict,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False},  # its date is not used; this makes it fast
    )
    has_body = extracted is not None and extracted.body is not None
    return extracted, _text(extracted.body) if has_body else ""


def plain_text(markup: str) -> str:
    """Every word of a piece of HTML, without its tags."""
    tree = _parsed(markup)
    return "" if tree is None else _text(tree)


def _parsed(markup: str) -> Any:
    """The element tree, or None where it is empty; entities and addresses are never followed."""
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(encoding="utf-8", no_network=True)
    try:  # as bytes: lxml refuses a str that still states its old encoding
        return document_fromstring(markup.translate(MARKS).encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _heading(page: Any) -> str | None:
    titles = (clean_value(node.text_content()) for tag in ("title", "h1") for node in page.iter(tag))
    return next((title for title in titles if title), None)


def _dates(page: Any) -> Iterator[Any]:
    """The publication dates a page states in its own metadata, the most explicit first."""
    tags: dict[str, str] = {}
    for tag in page.iter("meta"):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop") or ""
        tags.setdefault(name.lower(), tag.get("content") or "")
    yield from (tags[name] for name in DATE_TAGS if parse_date(tags.get(name)))
    for script in page.xpath('//script[@type="application/ld+json"]'):
        try:
            yield from _published(json.loads(script.text or ""))
        except (ValueError, RecursionError):
            continue
    for time in page.iter("time"):
        if time.get("itemprop") == "datePublished" or time.get("pubdate") is not None:
            yield time.get("datetime") or time.text_content()


def _published(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        if parse_date(value.get("datePublished")):
            yield value["datePublished"]
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _published(item)


def _text(tree: Any, leave_out: tuple[str, ...] = SILENT) -> str:
    """The words of a tree: paragraphs, "- " list items and "a | b" table rows."""
    raw = ITEM_START.sub(ITEM, "".join(_pieces(tree, leave_out)))
    return joined("\n".join(_lines(block)) for block in raw.split(BLOCK))


def _lines(block: str) -> Iterator[str]:
    for line in block.split(LINE):
        text = one_line(line.replace(ITEM, "- ").replace(CELL, " | "))
        if text not in ("", "-", "|"):
            yield text


def _pieces(node: Any, leave_out: tuple[str, ...], inside: str = "") -> Iterator[str]:
    """The text of a node and what is in it, with marks where a block, line, item or cell starts and ends."""
    tag = node.tag
    if not isinstance(tag, str) or tag in leave_out:  # a comment has no name
        return
    edge = inside or (BLOCK if tag in BLOCKS else LINE) if tag in BLOCKS | LINES else ""
    yield edge
    if tag in ITEMS and inside != " ":
        yield ITEM
    if tag in CELLS and node.getprevious() is not None:
        yield CELL
    inside = " " if tag in CELLS else inside or (LINE if tag in ITEMS or tag in TABLES else "")
    verbatim = tag in ("pre", "code") and inside != " "
    yield _flowing(node.text, verbatim=verbatim)
    for child in node:
        yield from _pieces(child, leave_out, inside)
        yield _flowing(child.tail, verbatim=verbatim)
    yield edge


def _flowing(text: str | None, *, verbatim: bool) -> str:
    return (text or "").replace("\n", LINE if verbatim else " ")
