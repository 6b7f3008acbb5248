"""Each word of a web page, a Markdown file or a message is in its texts or left out: none lost, doubled or glued.

The words of the original are read in another way: by Python's own parser of HTML, and of mail.
"""

import email
import re
from collections import Counter
from email import policy
from email.message import EmailMessage
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.loading.files import LoadOptions, loaders
from assistant.loading.loaded import Loaded
from assistant.loading.markup.html import load_html
from assistant.types import Document

UNSEEN = {"script", "style", "template", "title"}
INLINE = {*UNSEEN, "b", "a", "i", "em", "strong", "del", "s", "code", "span", "label"}


class Words:
    """Makes words "w0", "w1" … that occur once each; `repeated`: how many merged cells say once more."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw, self.count, self.repeated = draw, 0, 0

    def __call__(self, least: int = 1, most: int = 4) -> str:
        size = self.draw(st.integers(least, most))
        self.count += size
        return " ".join(f"w{at}" for at in range(self.count - size, self.count))

    def kinds(self, names: str, most: int = 4) -> list[str]:
        return self.draw(st.lists(st.sampled_from(names.split()), max_size=most))


class Seen(HTMLParser):
    """The words of a page that a browser may show; the ends of blocks part words, those of inline elements do not."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.unseen = "", 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.unseen += tag in UNSEEN
        self.text += "" if tag in INLINE else " "

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in UNSEEN
        self.text += "" if tag in INLINE else " "

    def handle_data(self, data: str) -> None:
        self.text += "" if self.unseen else data


def words_of(text: str) -> Counter[str]:
    return Counter(re.findall(r"(?<!\S)w\d\S*", text.replace("|", " ")))


def check(read: list[Document] | Loaded, original: Counter[str], repeated: int = 0) -> None:
    loaded = read if isinstance(read, Loaded) else Loaded(read)
    texts = [*(document.text for document in loaded.documents), *(part.text for part in loaded.left_out)]
    found = words_of(" ".join(texts))
    assert not original - found
    assert found.keys() == original.keys()
    assert (found - original).total() == repeated


# HTML


def line(words: Words) -> str:
    pieces = [words(1, 30)]
    for kind in words.kinds("b a br code glued", most=3):
        if kind == "glued":
            pieces.append(f"<b>{words()}</b>{words()}")
        elif kind == "br":
            pieces.append(f"<br>{words()}")
        else:
            pieces.append(f" <{kind}>{words()}</{kind}> ")
    return "".join(pieces)


def table(words: Words) -> str:
    rows = [f"<tr><th>{words()}</th><th>{words()}</th></tr>"]
    for _ in range(words.draw(st.integers(1, 3))):
        over, first = words.draw(st.integers(1, 2)), words()
        words.repeated += (over - 1) * len(first.split())
        rows.append(f"<tr><td rowspan={over}>{first}</td><td>{line(words)}</td></tr>")
        rows += [f"<tr><td><p>{words()}</p><p>{words()}</p></td></tr>" for _ in range(over - 1)]
    return f"<table>{''.join(rows)}</table>"


def blocks(words: Words, depth: int = 0) -> str:
    made = []
    for kind in words.kinds("p p p h2 ul ol dl table div section details pre form blockquote loose script"):
        if kind == "table":
            made.append(table(words))
        elif kind in ("ul", "ol"):
            inner = blocks(words, depth + 1) if depth < 2 else ""
            made.append(f"<{kind}><li>{line(words)}{inner}</li><li>{line(words)}</li></{kind}>")
        elif kind == "dl":
            made.append(f"<dl><dt>{words()}</dt><dd>{line(words)}</dd></dl>")
        elif kind in ("div", "section", "blockquote") and depth < 2:
            made.append(f"<{kind}>{words(0)}{blocks(words, depth + 1)}{words(0)}</{kind}>")
        elif kind == "details":
            made.append(f"<details><summary>{words()}</summary>{line(words)}<p>{words()}</p></details>")
        elif kind == "form":
            choices = f"<select><option>{words()}</option><option>{words()}</option></select>"
            made.append(f"<form><label>{words()}</label>{choices}<button>{words()}</button></form>")
        elif kind == "loose":
            made.append(f" {line(words)} ")
        elif kind == "script":
            made.append(" <script>var x = 'wx';</script><!-- wy --><style>wz {}</style> ")
        else:
            made.append(f"<{kind}>{line(words)}</{kind}>")
    return "".join(made)


@st.composite
def pages(draw: st.DrawFn) -> tuple[str, int]:
    words = Words(draw)
    made = [f"<h1>{words()}</h1>", f"<p>{words(20, 60)}</p>"]
    for kind in words.kinds("header nav article article main div aside footer cookies"):
        if kind == "nav":
            made.append(f"<nav><a>{words()}</a> <a>{words()}</a></nav>")
        elif kind == "cookies":
            made.append(
                f'<div class="cookie-box"><p>Our cookies {words()}</p><button>{words()}</button></div>'
            )
        else:
            made.append(f"<{kind}>{blocks(words)}</{kind}>")
    return f"<html><head><title>wt</title></head><body>{''.join(made)}</body></html>", words.repeated


@settings(max_examples=80, deadline=None)
@given(pages())
def test_each_word_of_a_page(made: tuple[str, int]) -> None:
    page, repeated = made
    check(load_html(page.encode(), "a.html"), words_of(Seen(page).text), repeated)


# Markdown


def inline(words: Words) -> str:
    pieces = [words()]
    for kind in words.kinds("** * ` ~~ link image wrap break br glued auto", most=3):
        if kind == "link":
            pieces.append(f" [{words()}](https://x.example/a)")
        elif kind == "image":
            pieces.append(f" ![{words()}](a.png)")
        elif kind == "auto":
            pieces.append(f" <https://x.example/> {words()}")
        elif kind in ("wrap", "break", "br"):
            pieces += [{"wrap": "\n", "break": "  \n", "br": "<br>"}[kind], words()]
        elif kind == "glued":
            pieces.append(f"**{words(1, 1)}**{words(1, 1)}")
        else:
            pieces.append(f" {kind}{words()}{kind}")
    return "".join(pieces)


def indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.split("\n"))


def markdown(words: Words, depth: int = 0) -> str:
    made = []
    for kind in words.kinds("p p # ## - 1. table quote fence html code rule"):
        one = inline(words).replace("\n", " ")
        if kind in ("#", "##"):
            made.append(f"{kind} {one}")
        elif kind in ("-", "1."):
            inner = indented(markdown(words, depth + 1)) if depth < 2 else ""
            made.append(f"{kind}   {one}\n\n{inner}\n\n{kind}   {words()}")
        elif kind == "table":
            made.append(
                f"| {words()} | {words()} |\n|---|---|\n| {one} | {words(0)} |\n| {words()} | `{words()}` |"
            )
        elif kind == "quote":
            made.append("\n".join(f"> {line}" for line in [one, "", *markdown(words, 2).split("\n")]))
        elif kind == "fence":
            made.append(f"```\n{words()}\n    {words()}\n\n{words()}\n```")
        elif kind == "html":
            button = f"<button>{words()}</button><select><option>{words()}</option></select>"
            made.append(f"<div>{words()}<p>{words()}</p>{button}<!-- wx --></div>")
        elif kind == "code":
            made.append(f"para {words()}\n\n    {words()}\n    {words()}")
        elif kind == "rule":
            made.append("---")
        else:
            made.append(inline(words))
    return "\n\n".join(made)


@st.composite
def notes(draw: st.DrawFn) -> str:
    words = Words(draw)
    front = (
        f"---\ntitle: A\nsummary: {words()}\nsteps: [{words()}, {words()}]\n---\n"
        if draw(st.booleans())
        else ""
    )
    return f"{front}{words()}\n\n{markdown(words)}"


@settings(max_examples=100, deadline=None)
@given(notes())
def test_each_word_of_a_markdown_file(text: str) -> None:
    front, body = text.split("---\n", maxsplit=2)[1:] if text.startswith("---") else ("", text)
    page = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(body)
    page = re.sub(r'<img [^>]*alt="([^"]*)"[^>]*>', r"\1", page)
    original = words_of(Seen(page).text) + words_of(re.sub(r"[\[\],]", " ", front))
    check(loaders(LoadOptions())[".md"](text.encode(), "a.md"), original)


# mail


@st.composite
def mails(draw: st.DrawFn) -> EmailMessage:
    words = Words(draw)

    def paragraphs() -> str:
        return "\n".join(
            words(1, 12) + ("\n" if draw(st.booleans()) else "") for _ in range(draw(st.integers(1, 4)))
        )

    def plain() -> str:
        said = paragraphs()
        if draw(st.booleans()):
            said += f"\n-- \n{words()}\n"
        older = draw(st.sampled_from(["", "quoted", "below", "piecewise"]))
        if older == "below":
            head = f"From: {words()}\nSent: Monday\nTo: x\nSubject: {words()}"
            said += f"\n\n-----Original Message-----\n{head}\n\n{paragraphs()}"
        elif older:
            quoted = "\n".join(f"> {line}" for line in paragraphs().split("\n"))
            said += f"\n\nOn Monday {words()} wrote:\n{quoted}\n"
            said += f"{words()}\n> {words()}\n" if older == "piecewise" else ""
        return said + "\n"

    def message(depth: int = 0) -> EmailMessage:
        made = EmailMessage()
        made["From"], made["Subject"] = "ann@river.example", "Ferry"
        kind = draw(st.sampled_from(["plain", "html", "both", "same"]))
        text = plain()
        if kind == "html":
            made.set_content(f"<p>{words()}</p><ul><li>{line(words)}</li></ul>{words()}", subtype="html")
        else:
            made.set_content(text)
        if kind in ("both", "same"):
            made.add_alternative(f"<div>{text if kind == 'same' else words()}</div>", subtype="html")
        for attached in words.kinds("text html message picture named", most=3):
            if attached == "message" and depth < 2:
                made.add_attachment(message(depth + 1))
            elif attached == "picture":
                made.add_attachment(b"x", maintype="image", subtype="png", disposition="inline")
            elif attached == "named":
                made.add_attachment(f"{words()}\n", filename=f"a{words.count}.txt")
            else:
                kind = "html" if attached == "html" else "plain"
                made.add_attachment(f"{words()}\n", subtype=kind, disposition="inline")
        return made

    return message()


def words_in(data: bytes) -> Counter[str]:
    """Of all parts of a message; what an HTML part says once more than the plain one counts once."""
    found: Counter[str] = Counter()
    for part in email.message_from_bytes(data, policy=policy.default).walk():
        if part.get_content_maintype() == "text":
            content = part.get_content()
            found |= words_of(
                Seen(content).text if part.get_content_subtype() == "html" else content.replace(">", " ")
            )
    return found


@settings(max_examples=100, deadline=None)
@given(mails())
def test_each_word_of_a_message(made: EmailMessage) -> None:
    data = bytes(made)
    check(loaders(LoadOptions())[".eml"](data, "a.eml"), words_in(data))
