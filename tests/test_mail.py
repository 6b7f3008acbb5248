"""E-mail -> a Document a message."""

import contextlib
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import UnreadableFile
from assistant.indexing.pipeline import build
from assistant.loading import load
from assistant.loading.loaded import NAMED_PARTS, LeftOut, Loaded, Skipped
from assistant.storage.generations import IndexReader
from assistant.types import Document
from tests.conftest import WordEmbedder
from tests.files import read, reason

HEAD = "From: Ann Lee <ann@river.example>\nTo: bob@river.example\nSubject: Ferry times\n"
DATED = HEAD + "Date: Thu, 05 Mar 2026 23:30:00 +0800\n"


def message(body: str = "The ferry leaves at six.\n", html: str = "") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["Subject"] = "Ann Lee <ann@river.example>", "Ferry times"
    made.set_content(body)
    if html:
        made.add_alternative(html, subtype="html")
    return made


def mailbox(*messages: bytes) -> bytes:
    return b"\n".join(b"From ann@river.example Thu Mar  5 23:30:00 2026\n" + one for one in messages)


def test_a_message_is_its_words_and_its_headers_are_metadata(tmp_path: Path) -> None:
    document = read(tmp_path / "a.eml", DATED + "\nThe ferry leaves at six.\n")
    assert document.text == "The ferry leaves at six."
    source = document.source
    assert (document.id, source.title, source.author) == ("a.eml", "Ferry times", "Ann Lee")
    assert source.published == date(2026, 3, 5)


def test_headers_in_other_scripts_are_read(tmp_path: Path) -> None:
    head = "From: =?utf-8?b?546L5bCP5piO?= <w@x.org>, Bob <b@x.org>\nSubject: =?iso-8859-1?q?F=E4hre?=\n\nWords.\n"
    source = read(tmp_path / "a.eml", head).source
    assert (source.author, source.title) == ("王小明, Bob", "Fähre")


def test_what_is_not_stated_is_not_invented(tmp_path: Path) -> None:
    source = read(tmp_path / "ferry-times.eml", "From: ann@river.example\nDate: soon\n\nWords.\n").source
    assert (source.title, source.author, source.published) == ("ferry times", "ann@river.example", None)


def test_the_plain_part_is_preferred_and_html_read_where_it_has_no_words(tmp_path: Path) -> None:
    html = "<p>The ferry leaves at <b>seven</b>.</p><ul><li>one</li></ul>"
    assert read(tmp_path / "a.eml", bytes(message(html=html))).text == "The ferry leaves at six."
    empty = bytes(message(body="\n", html=html))
    assert read(tmp_path / "a.eml", empty).text == "The ferry leaves at seven.\n\n- one"


def parts(path: Path, content: str | bytes) -> dict[str, Document]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return {document.id: document for document in load(path, root=path.parent).documents}


def test_an_earlier_message_is_a_document_with_its_own_author_and_day(tmp_path: Path) -> None:
    body = (
        "The ferry leaves at six in the morning, as it has done on every\nday of the year since the bridge closed.\n\n"
        "On Mon, 2 Mar 2026 at 10:02 Bob Low <bob@river.example> wrote:\n"
        "> When does the ferry leave on the days when the school is\n> open, and when does it return?\n"
        "> On 1 Mar 2026, Eve\n> wrote:\n>> No ferry.\n"
    )
    found = parts(tmp_path / "a.eml", DATED + "\n" + body)
    assert {id: (d.source.author, d.source.published, d.text) for id, d in found.items()} == {
        "a.eml": (
            "Ann Lee",
            date(2026, 3, 5),
            "The ferry leaves at six in the morning, as it has done on every day of the year since the bridge closed.",
        ),
        "a.eml/earlier-1": (
            "Bob Low",
            date(2026, 3, 2),
            "When does the ferry leave on the days when the school is open, and when does it return?",
        ),
        "a.eml/earlier-2": ("Eve", date(2026, 3, 1), "No ferry."),
    }


@pytest.mark.parametrize(
    ("line", "author", "day"),
    [
        ("On Monday Bob wrote:", "Bob", None),
        ("On 03/02/2026 10:02 AM, Bob Low <b@x.de> wrote:", "Bob Low", None),
        ("Am Mo., 16. Feb. 2026 um 10:02 Uhr schrieb Bob Low <b@x.de>:", "Bob Low", date(2026, 2, 16)),
        ("Le 16 février 2026 à 10:02, Bob Low <b@x.fr> a écrit :", "Bob Low", None),
    ],
)
def test_who_wrote_the_earlier_message_is_told(
    tmp_path: Path, line: str, author: str, day: date | None
) -> None:
    earlier = parts(tmp_path / "a.eml", f"{HEAD}\nAt six.\n\n{line}\n> When?\n")["a.eml/earlier-1"]
    assert (earlier.source.author, earlier.text) == (author, "When?")
    if day:
        assert earlier.source.published == day


def test_below_the_head_of_an_earlier_message_stands_what_it_said(tmp_path: Path) -> None:
    body = (
        "At six.\n\n-----Original Message-----\nFrom: Bob Low <bob@x.org>\nSent: Monday, March 2, 2026 4:12 PM\n"
        "To: Ann\nCc: Eve\nSubject: Ferry\n\nWhen does it leave?\n"
    )
    found = parts(tmp_path / "a.eml", HEAD + "\n" + body)
    assert [d.text for d in found.values()] == ["At six.", "When does it leave?"]
    source = found["a.eml/earlier-1"].source
    assert (source.author, source.published, source.title) == ("Bob Low", date(2026, 3, 2), "Ferry")


def test_what_is_answered_piece_by_piece_stays_together(tmp_path: Path) -> None:
    body = "On Monday Bob wrote:\n> When does it leave?\nAt six.\n> And when does it return?\nAt nine.\n"
    document = read(tmp_path / "a.eml", HEAD + "\n" + body)
    assert document.text.split("\n\n")[1:] == [
        "> When does it leave?", "At six.", "> And when does it return?", "At nine.",
    ]  # fmt: skip
    assert [block.kind for block in document.blocks] == [
        "paragraph", "quoted", "paragraph", "quoted", "paragraph",
    ]  # fmt: skip


def test_a_signature_is_set_apart(tmp_path: Path) -> None:
    document = read(tmp_path / "a.eml", HEAD + "\nAt six.\n\n-- \nAnn Lee\nRiver Co.\n")
    assert [block.kind for block in document.blocks] == ["paragraph", "note"]
    assert document.text == "At six.\n\nAnn Lee\nRiver Co."


def test_attachments_of_formats_that_are_read_are_documents(tmp_path: Path) -> None:
    made = message()
    for name, content in (("tolls.txt", b"The bridge is free."), ("logo.png", b"x"), ("bad.pdf", b"secret")):
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    inner = EmailMessage()
    inner["Subject"], inner["From"] = "Pier", "Bob"
    inner.set_content("The pier is shut.")
    made.add_attachment(inner)
    (tmp_path / "a.eml").write_bytes(bytes(made))
    loaded = load(tmp_path / "a.eml", root=tmp_path)
    assert {document.id: document.text for document in loaded.documents} == {
        "a.eml": "The ferry leaves at six.\n\nAttached: tolls.txt, bad.pdf",
        "a.eml/tolls.txt": "The bridge is free.",
        "a.eml/attached-4.eml": "The pier is shut.",
    }
    assert {document.path for document in loaded.documents} == {"a.eml"}
    assert [part.path for part in loaded.skipped] == ["a.eml/bad.pdf"]
    assert [(part.what, part.text) for part in loaded.left_out] == [
        ("an attachment of another format", "logo.png")
    ]


def test_a_message_that_only_forwards_another_is_read(tmp_path: Path) -> None:
    inner = message("The lift is inspected on 9 April.\n")
    outer = message("\n")
    outer.add_attachment(inner)
    assert [d.text for d in parts(tmp_path / "a.eml", bytes(outer)).values()] == [
        "The lift is inspected on 9 April."
    ]


def test_what_is_called_latin_may_be_of_windows(tmp_path: Path) -> None:
    head = f"{HEAD}Content-Type: text/plain; charset=iso-8859-1\n\n".encode()
    assert read(tmp_path / "a.eml", head + "8.400 € – “now”".encode("cp1252")).text == "8.400 € – “now”"


def test_words_in_another_encoding_than_stated_are_read(tmp_path: Path) -> None:
    for charset in ("us-ascii", "no-such-charset", "base64"):
        head = f"{HEAD}Content-Type: text/plain; charset={charset}\n\n".encode()
        body = "Der Präsident sagte Müller am Freitag, die Fähre sei geschlossen."
        assert read(tmp_path / "a.eml", head + body.encode()).text == body


def test_each_message_of_a_mailbox_is_a_document(tmp_path: Path) -> None:
    first = (
        DATED + "\nIt leaves at six.\nFrom here on it is slow.\n\n>From the pier it is a mile.\n"
    ).encode()
    (tmp_path / "a.mbox").write_bytes(mailbox(first, b"Subject: Tolls\n\nThe bridge is free.\n"))
    documents = load(tmp_path / "a.mbox", root=tmp_path).documents
    assert [(document.id, document.path) for document in documents] == [
        ("a.mbox#1", "a.mbox"),
        ("a.mbox#2", "a.mbox"),
    ]
    assert documents[0].text.endswith("From here on it is slow.\n\nFrom the pier it is a mile.")
    assert (documents[1].source.title, documents[1].text) == ("Tolls", "The bridge is free.")


@pytest.mark.parametrize("line", [b"From - Thu Mar  5 23:30:00 2026\r\n", b"From \r\n"])
def test_mailboxes_of_other_programs_are_read(tmp_path: Path, line: bytes) -> None:
    one = line + b"Subject: A\r\n\r\nWords.\r\n\r\n"
    (tmp_path / "a.mbox").write_bytes(one + one)
    assert len(load(tmp_path / "a.mbox", root=tmp_path).documents) == 2


def test_a_message_that_cannot_be_read_does_not_lose_the_others(
    tmp_path: Path, words_embedder: WordEmbedder
) -> None:
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    (corpus / "a.mbox").write_bytes(mailbox(b"no header\n", b"Subject: Tolls\n\nThe bridge is free.\n"))
    report = build(corpus, index, embedder=words_embedder)
    assert "a.mbox#1: The file is not an e-mail message" in report.failures["a.mbox"]
    assert IndexReader(index).current().catalog.document("a.mbox#2").text == "The bridge is free."
    assert not build(corpus, index, embedder=words_embedder).built
    (corpus / "b.txt").write_text("Another file.")
    assert build(corpus, index, embedder=words_embedder).failures == report.failures


def test_of_many_parts_that_were_left_out_only_some_are_named() -> None:
    parts = tuple(Skipped(str(number), "Empty.") for number in range(NAMED_PARTS + 1_000))
    failure = Loaded([], parts).failure
    assert failure is not None
    assert failure.startswith("Left out of it: 0: Empty. 1: Empty.")
    assert failure.endswith(" And 1,000 more.")
    assert Loaded([Document.__new__(Document)]).failure is None


def test_what_is_left_out_on_purpose_is_counted_in_words() -> None:
    left_out = [
        LeftOut("a running head", "A"),
        LeftOut("a running head", "B"),
        LeftOut("an image of another", "C"),
    ]
    assert Loaded([], left_out=tuple(left_out)).left_out_in_words == "2 running heads, an image of another"
    assert LeftOut("an attachment of another format", "").several == "attachments of another format"


def test_what_is_no_mail_is_named(tmp_path: Path) -> None:
    assert "not an e-mail message" in reason(tmp_path / "a.eml", b"Only words.\n")
    assert "not a mailbox" in reason(tmp_path / "a.mbox", b"Only words.\n")
    assert "not a mailbox" in reason(tmp_path / "a.mbox", (DATED + "\nOne message.\n").encode())
    assert "no text" in reason(tmp_path / "a.eml", HEAD.encode() + b"\n")


@pytest.mark.parametrize(
    "header",
    [
        "From: =?utf-8?q?",
        'From: "unclosed <a@b',
        "From: <@@>,;:",
        "From: a" * 5_000,
        "Date: Thu, 99 Foo 2026 99:99:99 +9999",
        "Date: ",
        "Subject: =?utf-8?b?//8=?= =?x?y?z?=",
        "Content-Type: multipart/mixed",
        'Content-Type: multipart/mixed; boundary=""',
        "Content-Type: text/html; charset*=x''%FF",
        "Content-Type: ;;;",
        "Content-Transfer-Encoding: base64",
        "Content-Transfer-Encoding: x-uuencode",
        "Content-Disposition: attachment; filename*0*=x''%FF; filename*1=",
    ],
)
def test_broken_headers_do_no_harm(tmp_path: Path, header: str) -> None:
    path = tmp_path / "a.eml"
    path.write_text(f"Subject: S\n{header}\n\nThe ferry leaves at six.\n")
    with contextlib.suppress(UnreadableFile):
        load(path, root=tmp_path)


@pytest.mark.parametrize("kind", ["multipart", "message"])
def test_messages_within_messages_do_no_harm(tmp_path: Path, kind: str) -> None:
    lines = []
    for number in range(3_000):
        if kind == "multipart":
            lines += [f"Content-Type: multipart/mixed; boundary=b{number}", "", f"--b{number}"]
        else:
            lines += ["Content-Type: message/rfc822", ""]
    path = tmp_path / "a.eml"
    path.write_text(HEAD + "\n".join([*lines, "", "Words."]))
    with contextlib.suppress(UnreadableFile):
        load(path, root=tmp_path)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_message_with_any_byte_changed_or_cut_off_is_read_or_reported(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    made = message(html="<p>Words.</p>")
    made.add_attachment(b"x", maintype="application", subtype="pdf", filename="bericht-für-alle.pdf")
    broken = bytearray(bytes(made))
    for position in data.draw(st.lists(st.integers(0, len(broken) - 1), min_size=1, max_size=20)):
        broken[position] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "changed.eml"
    path.write_bytes(bytes(broken[: data.draw(st.integers(1, len(broken)))]))
    with contextlib.suppress(UnreadableFile):
        load(path, root=path.parent)
