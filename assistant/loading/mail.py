"""E-mail -> a Document a message: the words that were sent; attachments are named, not read."""

import email
import re
from collections.abc import Collection, Iterator
from email import policy
from email.message import EmailMessage
from itertools import groupby
from pathlib import Path
from typing import Any

from assistant.errors import UnreadableFile
from assistant.loading.html import plain_text
from assistant.loading.loaded import Loaded, Skipped
from assistant.loading.metadata import clean_value, title_from_name
from assistant.loading.normalising import clean, joined, normalise, one_line
from assistant.text.decoding import decode
from assistant.types import Document, Source

# Before each message of a mailbox stands a line with the sender and the time; Thunderbird leaves both out.
FIRST_LINE = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From (?:[^\n]*\d\d:\d\d[^\n]*)?(?:\r?\n|\Z)")
ESCAPED = re.compile(rb"(?m)^>(?=>*From )")
QUOTED = re.compile(r"^(?:> ?)+")
# What Outlook writes above the message that is answered; who and when is kept, to whom is not repeated.
ADDRESSES = re.compile(r"(?m)^From: .*\n(?:(?:Sent|Date|To|Cc|Bcc|Subject|Importance): .*(?:\n|\Z)){2,}")
KEPT = ("From:", "Sent:", "Date:")
# What Python's parser raises over headers and parts that are not as they should be; and deep nesting.
MALFORMED = (LookupError, ValueError, AttributeError, TypeError, AssertionError, RecursionError)


def load_message(data: bytes, name: str, *, attachable: Collection[str]) -> list[Document]:
    """The one document of a message; `attachable`: the suffixes of attachments that are named."""
    return [_document(data, name, path=name, attachable=attachable)]


def load_mailbox(data: bytes, name: str, *, attachable: Collection[str]) -> Loaded:
    """A document for each message of a mailbox; its id is "NAME#n", n from 1."""
    before, *messages = FIRST_LINE.split(data)
    if before.strip() or not messages:
        raise UnreadableFile(
            "The file is not a mailbox: its messages should begin with a line that starts with From; "
            "export it again as .mbox, or save its messages as .eml."
        )
    documents: list[Document] = []
    skipped: list[Skipped] = []
    for number, message in enumerate(messages, start=1):
        id = f"{name}#{number}"
        try:
            documents.append(_document(ESCAPED.sub(b"", message), id, path=name, attachable=attachable))
        except UnreadableFile as error:
            skipped.append(Skipped(id, str(error)))
    return Loaded(documents, tuple(skipped))


def _document(data: bytes, id: str, *, path: str, attachable: Collection[str]) -> Document:
    try:
        message = email.message_from_bytes(data, policy=policy.default)
        text = joined([_body(message), _attached(message, attachable)])
    except MALFORMED:
        raise UnreadableFile("The message is damaged; save it again from the mail program.") from None
    if not any(name in message for name in ("From", "Date", "Subject")):
        raise UnreadableFile(
            "The file is not an e-mail message: it has no line From, Date or Subject at its top; "
            "save it again from the mail program."
        )
    if not text:
        raise UnreadableFile("The message holds no text.")
    date = getattr(_header(message, "Date"), "datetime", None)
    source = Source(
        document=id,
        title=clean_value(str(_header(message, "Subject") or "")) or title_from_name(Path(path)),
        author=_sender(message),
        published=date.date() if date else None,
    )
    return Document(source=source, text=text, path=path)


def _header(message: EmailMessage, name: str) -> Any:
    """None where there is no such line, or Python's parser fails over it."""
    try:
        return message[name]
    except MALFORMED:
        return None


def _sender(message: EmailMessage) -> str | None:
    """The names in the line From, or the addresses where there are none."""
    header = _header(message, "From")
    addresses = getattr(header, "addresses", ())
    names = [address.display_name or address.addr_spec for address in addresses]
    return clean_value(names) or clean_value(str(header or ""))


def _body(message: EmailMessage) -> str:
    """The plain part if it has words, else the HTML part."""
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        content = _decoded(part) if part is not None else ""
        text = joined(_paragraphs(plain_text(content) if kind == "html" else clean(content)))
        if text:
            return text
    return ""


def _decoded(part: Any) -> str:
    data = part.get_payload(decode=True) or b""
    try:
        return str(data.decode(part.get_content_charset("ascii")))
    except (UnicodeError, LookupError):
        return decode(data)


def _paragraphs(text: str) -> Iterator[str]:
    """The paragraphs; a line of an earlier message keeps one "> " before it, so that it is known as such."""
    for is_quoted, group in groupby(text.split("\n"), key=lambda line: line.startswith(">")):
        block = "\n".join(QUOTED.sub("", line) for line in group)
        block = normalise(ADDRESSES.sub(lambda match: _who_and_when(match[0]), block))
        yield re.sub(r"(?m)^(?=.)", "> ", block) if is_quoted else block


def _who_and_when(block: str) -> str:
    return "".join(line + "\n" for line in block.splitlines() if line.startswith(KEPT))


def _attached(message: EmailMessage, attachable: Collection[str]) -> str:
    names = [one_line(part.get_filename() or "") for part in message.walk()]
    known = dict.fromkeys(name for name in names if Path(name).suffix.lower() in attachable)
    return f"Attached: {', '.join(known)}" if known else ""
