"""E-mail -> a Document for a message, for each earlier one that it quotes, and for its attachments."""

import email
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from email import policy
from email.message import EmailMessage
from itertools import groupby
from pathlib import Path
from typing import Any

from assistant.errors import UnreadableFile
from assistant.loading.layout import Part, laid_out
from assistant.loading.loaded import LeftOut, Loaded, Loader, Skipped, read_with
from assistant.loading.mail.content import MESSAGE, Content, content_of
from assistant.loading.mail.thread import Written, messages
from assistant.loading.metadata import clean_value, title_from_name
from assistant.loading.normalising import normalise, one_line
from assistant.types import Document, Source

# Before each message of a mailbox stands a line with the sender and the time; Thunderbird leaves both out.
FIRST_LINE = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From (?:[^\n]*\d\d:\d\d[^\n]*)?(?:\r?\n|\Z)")
ESCAPED = re.compile(rb"(?m)^>(?=>*From )")
QUOTED = re.compile(r"^(?:> ?)+")
SIGNATURE = re.compile(r"(?m)^-- ?\n")
MOST_NESTED = 50  # messages in messages
# What Python's parser raises over headers and parts that are not as they should be; and deep nesting.
MALFORMED = (LookupError, ValueError, AttributeError, TypeError, AssertionError, RecursionError)


def load_message(data: bytes, name: str, *, loaders: Mapping[str, Loader]) -> Loaded:
    """A document for what a message says, for each earlier one quoted in it, and for those of its attachments.

    Their ids are "NAME", "NAME/earlier-1" and "NAME/FILE". `loaders`: how each format is read, by suffix.
    """
    found = _Found(loaders, path=name)
    found.add(data, name)
    return found.loaded()


def load_mailbox(data: bytes, name: str, *, loaders: Mapping[str, Loader]) -> Loaded:
    """The same for each message of a mailbox; its id is "NAME#n", n from 1."""
    before, *messages = FIRST_LINE.split(data)
    if before.strip() or not messages:
        raise UnreadableFile(
            "The file is not a mailbox: its messages should begin with a line that starts with From; "
            "export it again as .mbox, or save its messages as .eml."
        )
    found = _Found(loaders, path=name)
    for number, message in enumerate(messages, start=1):
        try:
            found.add(ESCAPED.sub(b"", message), f"{name}#{number}")
        except UnreadableFile as error:
            found.skipped.append(Skipped(f"{name}#{number}", str(error)))
    return found.loaded()


@dataclass
class _Found:
    """What is in one file; `path` is its name."""

    loaders: Mapping[str, Loader]
    path: str
    documents: list[Document] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def loaded(self) -> Loaded:
        return Loaded(self.documents, tuple(self.skipped), tuple(self.left_out))

    def add(self, data: bytes, id: str) -> None:
        try:
            message = email.message_from_bytes(data, policy=policy.default)
            if not any(name in message for name in ("From", "Date", "Subject")):
                raise UnreadableFile(
                    "The file is not an e-mail message: it has no line From, Date or Subject at its top; "
                    "save it again from the mail program."
                )
            before = len(self.documents), len(self.skipped)
            self._add(message, id, depth=0)
        except MALFORMED:
            raise UnreadableFile("The message is damaged; save it again from the mail program.") from None
        if (len(self.documents), len(self.skipped)) == before:
            raise UnreadableFile("The message holds no text.")

    def _add(self, message: EmailMessage, id: str, *, depth: int) -> None:
        content = content_of(message)
        attachments = content.attachments
        self._add_words(message, id, content)
        taken: set[str] = set()
        for number, part in enumerate(attachments, start=1):
            is_message = part.get_content_type() == MESSAGE
            name = one_line(part.get_filename() or "") or f"attached-{number}{'.eml' if is_message else ''}"
            name = f"{number}-{name}" if name in taken else name
            taken.add(name)
            if not is_message:
                self._add_file(part, name, f"{id}/{name}")
            elif depth == MOST_NESTED:
                self.skipped.append(
                    Skipped(f"{id}/{name}", f"It lies more than {MOST_NESTED} messages deep.")
                )
            else:
                self._add(part.get_content(), f"{id}/{name}", depth=depth + 1)

    def _add_words(self, message: EmailMessage, id: str, content: Content) -> None:
        source = _source(message, id, self.path)
        names = [one_line(part.get_filename() or "") for part in content.attachments]
        attached = ", ".join(dict.fromkeys(filter(self._loader, names)))
        own, *earlier = messages(content.text) or [Written(())]
        parts = [*_parts(own), *([Part("note", f"Attached: {attached}")] if attached else [])]
        text, blocks = laid_out(parts)
        if text:
            self.documents.append(Document(source, text, self.path, blocks=blocks))
        for number, written in enumerate(earlier, start=1):
            text, blocks = laid_out(_parts(written))
            by = replace(
                source,
                document=f"{id}/earlier-{number}",
                title=clean_value(written.subject) or source.title,
                author=clean_value(written.author),
                published=written.day,
            )
            self.documents.append(Document(by, text, self.path, blocks=blocks))
            self.left_out.append(LeftOut("the head of an earlier message", written.head))
        self.left_out += content.left_out

    def _loader(self, name: str) -> Loader | None:
        return self.loaders.get(Path(name).suffix.lower())

    def _add_file(self, part: Any, name: str, id: str) -> None:
        loader = self._loader(name)
        if loader is None:
            named = part.get_filename() or part.get_content_type()
            self.left_out.append(LeftOut("an attachment of another format", one_line(named)))
            return
        try:
            loaded = read_with(loader, part.get_payload(decode=True) or b"", id)
        except UnreadableFile as error:
            self.skipped.append(Skipped(id, str(error)))
            return
        self.documents += [replace(document, path=self.path) for document in loaded.documents]
        self.skipped += loaded.skipped
        self.left_out += loaded.left_out


def _source(message: EmailMessage, id: str, path: str) -> Source:
    date = getattr(_header(message, "Date"), "datetime", None)
    return Source(
        document=id,
        title=clean_value(str(_header(message, "Subject") or "")) or title_from_name(Path(path)),
        author=_sender(message),
        published=date.date() if date else None,
    )


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


def _parts(written: Written) -> Iterator[Part]:
    """Paragraphs; what is answered piece by piece keeps one "> " before it, and a signature is a note."""
    said, *signature = SIGNATURE.split("\n".join(written.lines), maxsplit=1)
    for is_quoted, group in groupby(said.split("\n"), key=lambda line: line.startswith(">")):
        block = normalise("\n".join(QUOTED.sub("", line) for line in group))
        for paragraph in block.split("\n\n"):
            text = re.sub(r"(?m)^(?=.)", "> ", paragraph) if is_quoted else paragraph
            yield Part("quoted" if is_quoted else "paragraph", text)
    yield from (Part("note", normalise(words)) for words in signature)
