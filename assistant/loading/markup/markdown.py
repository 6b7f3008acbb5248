"""A Markdown file -> a Document; its marks are rendered away, its words and tables stay."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from assistant.errors import UnreadableFile
from assistant.loading.layout import Part, laid_out, table
from assistant.loading.loaded import LeftOut, Loaded, refuse_longer
from assistant.loading.markup.html import plain_text
from assistant.loading.metadata import clean_value, parse_date, parse_tags, title_from_name
from assistant.loading.normalising import clean, one_line, separator
from assistant.text.decoding import decode
from assistant.types import Document, Source

HARD_BREAK = "\u2028"
READ = {
    "title", "publisher", "source", "author", "authors", "desk", "published", "date", "url", "link", "tags",
}  # fmt: skip
BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def load_markdown(data: bytes, name: str) -> Loaded:
    """The one document of a Markdown file; `name` is its id."""
    refuse_longer(data)
    fields, body = _front_matter(decode(data).replace("\r\n", "\n"))
    tree = SyntaxTreeNode(MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(body))
    heading = next(
        (_inline(node) for node in tree.walk() if node.type == "heading" and node.tag == "h1"), None
    )
    source = Source(
        document=name,
        title=clean_value(fields.get("title")) or clean_value(heading) or title_from_name(Path(name)),
        publisher=_first(fields, "publisher", "source"),
        author=_first(fields, "author", "authors", "desk"),
        published=parse_date(fields.get("published") or fields.get("date")),
        url=_first(fields, "url", "link"),
        tags=parse_tags(fields.get("tags")),
    )
    text, blocks = laid_out(_parts(tree))
    seen: set[int] = set()
    others = ((field, " ".join(_values(value, seen))) for field, value in fields.items() if field not in READ)
    left_out = tuple(LeftOut("a field at the top", f"{field}: {words}") for field, words in others if words)
    return Loaded([Document(source=source, text=text, path=name, blocks=blocks)], left_out=left_out)


def _front_matter(text: str) -> tuple[Mapping[str, Any], str]:
    import frontmatter
    from frontmatter.default_handlers import YAMLHandler
    from yaml import YAMLError

    if not text.startswith("---\n"):
        return {}, text
    try:
        fields, body = frontmatter.parse(text, handler=YAMLHandler())
    except (YAMLError, ValueError, RecursionError):
        raise UnreadableFile(
            "The block between the --- lines at the top is not valid YAML; "
            "put quotes around values that hold a colon."
        ) from None
    return (fields, body) if isinstance(fields, Mapping) else ({}, text)


def _values(value: Any, seen: set[int]) -> Iterator[str]:
    """Of a field of the front matter, those of lists and mappings too; what it only names once more counts once."""
    if isinstance(value, Mapping | list):
        if id(value) not in seen:
            seen.add(id(value))
            parts = [part for pair in value.items() for part in pair] if isinstance(value, Mapping) else value
            for part in parts:
                yield from _values(part, seen)
    elif value is not None:
        yield one_line(str(value))


def _first(fields: Mapping[str, Any], *names: str) -> str | None:
    return next((value for name in names if (value := clean_value(fields.get(name)))), None)


def _parts(node: SyntaxTreeNode, *, depth: int = 0) -> Iterator[Part]:
    """What is below a node, in order; `depth`: how many lists it stands in."""
    for child in node.children:
        if child.type == "paragraph":
            yield Part("paragraph", _inline(child))
        elif child.type == "heading":
            yield Part("heading", _inline(child), level=int(child.tag[1:]))
        elif child.type in ("bullet_list", "ordered_list"):
            yield from _items(child, depth)
        elif child.type == "table":
            rows = (found for found in child.walk() if found.type == "tr")
            yield from table([_inline(cell).replace("\n", " ") for cell in found.children] for found in rows)
        elif child.type in ("fence", "code_block"):
            yield Part("code", child.content.rstrip("\n"))
        elif child.type == "html_block":
            yield Part("paragraph", plain_text(child.content))
        else:
            yield from _parts(child, depth=depth)


def _items(node: SyntaxTreeNode, depth: int) -> Iterator[Part]:
    """Its paragraphs are one item; a list in it has items of its own."""
    start = node.attrs.get("start", 1)
    for number, child in enumerate(node.children, start=start if isinstance(start, int) else 1):
        mark = f"{number}. " if node.type == "ordered_list" else "- "
        parts = list(_parts(child, depth=depth + 1))
        own = list(takewhile(lambda part: part.kind == "paragraph", parts))
        words = "\n".join(part.text for part in own if part.text)
        first = child is node.children[0] and depth == 0
        yield Part("item", (mark + words).rstrip(), level=depth, opens=first)
        yield from parts[len(own) :]


def _inline(node: SyntaxTreeNode) -> str:
    """The words of a paragraph; lines that were only wrapped are joined, breaks asked for are kept."""
    return "\n".join(_unwrapped(line) for line in "".join(_words(node)).split(HARD_BREAK))


def _words(node: SyntaxTreeNode) -> Iterator[str]:
    for child in node.children:
        if child.type in ("text", "code_inline"):
            yield child.content
        elif child.type == "softbreak":
            yield "\n"
        elif child.type == "hardbreak" or (child.type == "html_inline" and BREAK.fullmatch(child.content)):
            yield HARD_BREAK
        else:  # an image's children are its description; other inline HTML has none
            yield from _words(child)


def _unwrapped(line: str) -> str:
    parts = [" ".join(part.split()) for part in clean(line).split("\n")]
    return "".join(separator(before, part) + part for before, part in pairwise(["", *parts]))
