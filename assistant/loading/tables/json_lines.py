"""A JSON Lines file -> one Document a line; each text is kept exactly as it is given."""

import json
from typing import Any

from assistant.errors import UnreadableFile
from assistant.loading.metadata import clean_value, parse_date, parse_tags
from assistant.loading.normalising import SURROGATES
from assistant.loading.plain import plain_blocks
from assistant.text.decoding import decode
from assistant.types import Document, Source


def load_json_lines(data: bytes, name: str) -> list[Document]:
    """A document for each record that has text; its id is the record's own "id"."""
    documents: list[Document] = []
    lines: dict[str, int] = {}  # where each id was first used
    for number, line in enumerate(decode(data).split("\n"), start=1):
        if not line.strip():
            continue
        document = _document(_record(line, number), number, name)
        if document.id in lines:
            raise UnreadableFile(
                f'Line {number} has the id "{document.id}", which line {lines[document.id]} has too; '
                "give every record an id of its own."
            )
        lines[document.id] = number
        documents.append(document)
    return [document for document in documents if document.text.strip()]


def _record(line: str, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        raise UnreadableFile(f"Line {number} is not valid JSON; write one whole record a line.") from None
    if not isinstance(record, dict):
        raise UnreadableFile(f'Line {number} is not a record; write {{"id": …, "text": …}}.')
    return record


def _document(record: dict[str, Any], number: int, name: str) -> Document:
    identity, text = record.get("id"), record.get("text")
    if isinstance(identity, bool) or not isinstance(identity, (str, int, float)) or identity == "":
        raise UnreadableFile(f'Line {number} has no "id"; give every record an id of its own.')
    if not isinstance(text, str):
        raise UnreadableFile(f'Line {number} has no "text"; give every record its text as a string.')
    source = Source(
        document=_storable(str(identity)),
        title=clean_value(record.get("title")) or "",
        publisher=clean_value(record.get("publisher")),
        author=clean_value(record.get("author")),
        published=parse_date(record.get("published")),
        url=clean_value(record.get("url")),
        tags=parse_tags(record.get("tags")),
    )
    text = _storable(text)
    return Document(source=source, text=text, path=name, blocks=plain_blocks(text))


def _storable(text: str) -> str:
    """`text` with half characters, which no file can hold, replaced one for one: no offset moves."""
    return SURROGATES.sub("\ufffd", text)
