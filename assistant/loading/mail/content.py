"""A message -> its words as they were sent, and what comes with them as a file or a message of its own."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from assistant.loading.loaded import LeftOut
from assistant.loading.markup.html import plain_text
from assistant.loading.normalising import clean
from assistant.text.decoding import decode

LATIN = {"iso-8859-1", "latin-1", "latin1"}  # which Windows calls what is Windows-1252
TEXTS = ("plain", "html", "x-amp-html")  # of a text: the kinds that are read, the plainest first
MESSAGE = "message/rfc822"


@dataclass(slots=True)
class Content:
    """The texts in order, and the parts that are files or messages; those of messages in it are left to them."""

    texts: list[str] = field(default_factory=list)
    attachments: list[Any] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n\n".join(self.texts)


def content_of(message: Any) -> Content:
    """Of versions of one text the plainest that has words; what only the others say is left out."""
    content = Content()
    if message.get_content_type() == "multipart/alternative":
        _choose(message, content)
    elif message.get_content_maintype() == "multipart" and message.is_multipart():
        for part in message.iter_parts():
            own = Content(attachments=[part]) if part.get_content_type() == MESSAGE else content_of(part)
            content.texts += own.texts
            content.attachments += own.attachments
            content.left_out += own.left_out
    elif _is_file(message):
        content.attachments.append(message)
    elif text := _words(message):
        content.texts.append(text)
    return content


def _choose(message: Any, content: Content) -> None:
    versions = [content_of(part) for part in sorted(message.iter_parts(), key=_plainness)]
    chosen = next((version for version in versions if version.texts), Content())
    content.texts += chosen.texts
    said = Counter(chosen.text.split())
    for version in versions:
        content.attachments += version.attachments
        content.left_out += version.left_out
        if version is not chosen and (more := " ".join(_beyond(version.text, said))):
            content.left_out.append(LeftOut("a part of another version of the message", more))


def _plainness(part: Any) -> int:
    kind = part.get_content_type()
    return TEXTS.index(kind[5:]) if kind.startswith("text/") and kind[5:] in TEXTS else 1


def _beyond(text: str, said: Counter[str]) -> Iterator[str]:
    """The words of a text that the one that was read does not have, or has fewer times."""
    left = Counter(said)
    for word in text.split():
        left[word] -= 1
        if left[word] < 0:
            yield word


def _is_file(part: Any) -> bool:
    named = part.get_content_disposition() == "attachment" or part.get_filename()
    return bool(named) or part.get_content_maintype() != "text" or part.get_content_subtype() not in TEXTS


def _words(part: Any) -> str:
    """Lines are as they were sent."""
    content = _decoded(part)
    text = clean(content) if part.get_content_subtype() == "plain" else plain_text(content)
    return text if text.strip() else ""


def _decoded(part: Any) -> str:
    data = part.get_payload(decode=True) or b""
    charset = str(part.get_content_charset("ascii")).lower()
    for stated in ("utf-8", "cp1252") if charset in LATIN else (charset,):
        try:
            return str(data.decode(stated))
        except (UnicodeError, LookupError):
            continue
    return decode(data)
