"""The comments on a slide, of the older and the newer kind."""

from collections.abc import Iterator, Mapping
from typing import Any

from assistant.loading.normalising import one_line
from assistant.loading.office.xml import root_of, words_of


def authors_of(presentation: Any) -> dict[str, str]:
    """The names of who commented, by their ids; `presentation` is the part of the package."""
    nodes = _nodes(presentation, ("/commentAuthors", "/authors"), "{*}cmAuthor", "{*}author")
    return {node.get("id", ""): one_line(node.get("name", "")) for node in nodes}


def comments_on(slide: Any, authors: Mapping[str, str]) -> Iterator[str]:
    """ "Comment by Ann Lee: not after May"; `slide` is the part of the package."""
    for node in _nodes(slide, ("/comments",), "{*}cm", "{*}reply"):
        body = next(node.iterchildren("{*}text", "{*}txBody"), None)
        text = "" if body is None else one_line(body.text or "") or words_of(body)
        author = authors.get(node.get("authorId", ""))
        if text:
            yield f"Comment by {author}: {text}" if author else f"Comment: {text}"


def _nodes(part: Any, kinds: tuple[str, ...], *tags: str) -> Iterator[Any]:
    for relation in part.rels.values():
        if not relation.is_external and relation.reltype.endswith(kinds):
            yield from root_of(relation.target_part).iter(*tags)
