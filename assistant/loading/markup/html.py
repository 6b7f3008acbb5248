"""An HTML page -> a Document: the article without menus and footers; nothing is fetched or run."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from assistant.loading.layout import Part, laid_out
from assistant.loading.loaded import LeftOut, Loaded
from assistant.loading.markup.tree import APART, HEADINGS, NEVER_SHOWN, SILENT, parts_of
from assistant.loading.markup.unread import mended, unread
from assistant.loading.metadata import clean_value, parse_date, title_from_name
from assistant.text.days import day_in_words
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
MENUS = ("nav", "footer", "aside", "form")
NOTICE = re.compile(r"(?i)cookie|consent|gdpr|onetrust|didomi|usercentrics|cmp-")
LONGEST_NOTICE = 3000  # characters
MUCH_LONGER = 3
PROSE = 80  # characters of a part that is no teaser
SHORTEST_ARTICLE = 250  # characters; for less, trafilatura returns the whole page with its menus


def load_html(data: bytes, name: str) -> Loaded:
    """The one document of a web page; `name` is its id."""
    page = parsed(decode(data))
    if page is None:
        return Loaded([])
    _set_apart(page)
    notices = _take_notices(page)
    _unfold(page)
    extracted, article = _main_part(page)
    whole = list(parts_of(page, leave_out=NEVER_SHOWN))
    article = list(mended(article, whole))
    text, blocks = laid_out(article)
    stated = list(dict.fromkeys(filter(None, map(parse_date, _dates(page)))))
    source = Source(
        document=name,
        title=clean_value(getattr(extracted, "title", None)) or _heading(page) or title_from_name(Path(name)),
        publisher=clean_value(getattr(extracted, "sitename", None)),
        author=clean_value(getattr(extracted, "author", None)),
        published=stated[0] if stated else None,
        url=clean_value(getattr(extracted, "url", None)),
    )
    around = [LeftOut("a part of the page around the article", words) for words in unread(whole, article)]
    document = Document(source=source, text=text, path=name, blocks=blocks)
    return Loaded([document], left_out=(*notices, *around), notes=_told_of(stated))


def _main_part(page: Any) -> tuple[Any, list[Part]]:
    """What trafilatura found, and the article; where it stands in an unusual place, all but menus and footers."""
    extracted, article = _article(page, strict=True)
    if _size(article) < SHORTEST_ARTICLE:
        extracted, article = _article(page, strict=False)
    if _size(article) < SHORTEST_ARTICLE:
        article = list(parts_of(page, leave_out=(*SILENT, *MENUS))) or list(parts_of(page))
    beside = [part for aside in page.iter("aside") for part in parts_of(aside) if _is_prose(part)]
    if _size(beside) > MUCH_LONGER * _size(article):
        article = list(parts_of(page, leave_out=(*SILENT, *(menu for menu in MENUS if menu != "aside"))))
    return extracted, article


def _is_prose(part: Part) -> bool:
    return part.kind == "paragraph" and len(part.text) >= PROSE and part.text[-1] in '.!?…"”'


def _take_notices(page: Any) -> list[LeftOut]:
    """Take out the boxes that ask for consent to cookies."""
    taken = []
    for node in page.xpath("//*[@id or @class or @role]"):
        named = f"{node.get('id', '')} {node.get('class', '')}"
        if NOTICE.search(named) and node.getparent() is not None and node.tag not in ("html", "body", "main"):
            words = " ".join(part.text for part in parts_of(node, leave_out=NEVER_SHOWN))
            is_notice = "cookie" in words.lower() and len(words) < LONGEST_NOTICE
            if is_notice and next(node.iterancestors("article"), None) is None:
                node.drop_tree()
                taken += [LeftOut("a notice of cookies", words)] if words else []
    return taken


def _set_apart(page: Any) -> None:
    """A space where words go on after what stands apart: trafilatura takes some of that out, and would glue them."""
    for node in page.iter(*APART):
        if (node.tail or "").strip():
            node.tail = f" {node.tail}"


def _unfold(page: Any) -> None:
    """What opens and closes an answer is a heading over it: a summary, or a button that says what it controls."""
    for node in page.xpath("//summary | //button[@aria-expanded or @aria-controls or @data-toggle]"):
        if next(node.iterancestors(*HEADINGS), None) is None:
            node.tag = "h4"
        else:
            node.drop_tag()
    for node in page.iter("details"):
        node.tag = "div"


def _told_of(stated: Sequence[date]) -> tuple[str, ...]:
    if len(stated) < 2:
        return ()
    others = ", ".join(day_in_words(day) for day in stated[1:])
    return (
        f"The page gives several dates of publication: {day_in_words(stated[0])} was taken, not {others}.",
    )


def _article(page: Any, *, strict: bool) -> tuple[Any, list[Part]]:
    """What trafilatura finds, and its parts; `strict`: without teasers and lists of links."""
    from trafilatura import bare_extraction

    extracted: Any = bare_extraction(
        page,
        favor_precision=strict,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False},  # its date is not used; this makes it fast
    )
    has_body = extracted is not None and extracted.body is not None
    return extracted, list(parts_of(extracted.body)) if has_body else []


def _size(parts: Sequence[Part]) -> int:
    return sum(len(part.text) for part in parts)


def plain_text(markup: str) -> str:
    """Every word of a piece of HTML, without its tags."""
    tree = parsed(markup)
    return "" if tree is None else laid_out(parts_of(tree, NEVER_SHOWN))[0]


def parsed(markup: str) -> Any:
    """The element tree, or None where it is empty; entities and addresses are never followed."""
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(encoding="utf-8", no_network=True)
    try:  # as bytes: lxml refuses a str that still states its old encoding
        return document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
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
