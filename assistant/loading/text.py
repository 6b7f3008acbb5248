"""A plain text file -> a Document; a block of `Title: …` lines at its top is metadata."""

import re
from pathlib import Path

from assistant.loading.loaded import refuse_longer
from assistant.loading.metadata import clean_value, parse_date, title_from_name, title_from_text
from assistant.loading.normalising import clean, normalise
from assistant.loading.plain import plain_blocks
from assistant.text.decoding import decode
from assistant.types import Document, Source

FIELDS = {
    "title": "title",
    "date": "published",
    "published": "published",
    "publisher": "publisher",
    "source": "publisher",
    "author": "author",
    "by": "author",
    "url": "url",
    "link": "url",
}
FIELD = re.compile(rf"({'|'.join(FIELDS)}): *(.*)", re.IGNORECASE)


def load_text(data: bytes, name: str) -> list[Document]:
    """The one document of a plain text file; `name` is its id."""
    refuse_longer(data)
    stated, body = split_header(clean(decode(data)))
    text = normalise(body)
    source = Source(
        document=name,
        title=clean_value(stated.get("title")) or title_from_text(text) or title_from_name(Path(name)),
        publisher=clean_value(stated.get("publisher")),
        author=clean_value(stated.get("author")),
        published=parse_date(stated.get("published")),
        url=clean_value(stated.get("url")),
    )
    return [Document(source=source, text=text, path=name, blocks=plain_blocks(text))]


def split_header(text: str) -> tuple[dict[str, str], str]:
    """The stated fields and the rest; no fields unless every line down to the first blank one is a field."""
    header, _, body = text.lstrip("\n").partition("\n\n")
    matches = [FIELD.fullmatch(line) for line in header.split("\n")]
    fields = [match for match in matches if match]
    if len(fields) < len(matches):
        return {}, text
    return {FIELDS[match[1].lower()]: match[2] for match in fields}, body
