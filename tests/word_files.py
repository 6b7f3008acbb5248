"""Word files made from their XML, and their words read in another way than by the loader."""

import io
import re
import zipfile
from collections import Counter
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
NAMESPACES = f"""
    xmlns:w="{MAIN}" xmlns:r="{OFFICE}/relationships" xmlns:m="{OFFICE}/math" xmlns:v="urn:schemas-microsoft-com:vml"
    xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
    xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
"""
ROOTS = {"footnotes": "footnotes", "endnotes": "endnotes", "comments": "comments", "numbering": "numbering"}
ROOTS |= {"styles": "styles", "settings": "settings"}
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."
FALLBACK = re.compile(r"(?s)<mc:Fallback>(?:(?!<mc:Fallback>).)*?</mc:Fallback>")


def word_file(body: str, **parts: str) -> bytes:
    """The file of a body; a part is given by the inner XML of its root: `footnotes`, `styles`, `header1` …

    The relation of a part has its name as id.
    """
    parts.setdefault("styles", "")
    contents = {"word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>"}
    overrides = f'<Override PartName="/word/document.xml" ContentType="{TYPE}document.main+xml"/>'
    relations = ""
    for name, inner in parts.items():
        kind = name.rstrip("0123456789")
        root = {"header": "hdr", "footer": "ftr"}.get(kind, kind)
        contents[f"word/{name}.xml"] = f"<w:{root} {NAMESPACES}>{inner}</w:{root}>"
        overrides += f'<Override PartName="/word/{name}.xml" ContentType="{TYPE}{kind}+xml"/>'
        relations += f'<Relationship Id="{name}" Type="{OFFICE}/relationships/{kind}" Target="{name}.xml"/>'
    xmlns = "http://schemas.openxmlformats.org/package/2006"
    contents["[Content_Types].xml"] = (
        f'<Types xmlns="{xmlns}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{overrides}</Types>"
    )
    main = (
        f'<Relationship Id="main" Type="{OFFICE}/relationships/officeDocument" Target="word/document.xml"/>'
    )
    contents["_rels/.rels"] = f'<Relationships xmlns="{xmlns}/relationships">{main}</Relationships>'
    contents["word/_rels/document.xml.rels"] = (
        f'<Relationships xmlns="{xmlns}/relationships">{relations}</Relationships>'
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def run(text: str, properties: str = "", tag: str = "t") -> str:
    inside = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{inside}<w:{tag} xml:space="preserve">{escape(text)}</w:{tag}></w:r>'


def p(*inside: str, style: str = "", number: tuple[int, int] | None = None, mark: str = "") -> str:
    """A paragraph of runs or plain words; `number` is its list and level; `mark` says what became of its end."""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if number:
        properties += f'<w:numPr><w:ilvl w:val="{number[1]}"/><w:numId w:val="{number[0]}"/></w:numPr>'
    properties += f"<w:rPr><w:{mark}/></w:rPr>" if mark else ""
    runs = (part if part.startswith("<") else run(part) for part in inside)
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def cell(*blocks: str, span: int = 1, merge: str = "") -> str:
    """A cell of blocks or plain words; `merge` is "restart" or "continue"."""
    properties = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    properties += f'<w:vMerge w:val="{merge}"/>' if merge else ""
    inside = "".join(block if block.startswith("<") else p(block) for block in blocks)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    inside = "".join(one if one.startswith("<") else cell(one) for one in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inside}</w:tr>"


def tbl(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def ref(kind: str, id: int) -> str:
    return f'<w:r><w:{kind}Reference w:id="{id}"/></w:r>'


def note(kind: str, id: int, *blocks: str, author: str = "") -> str:
    return f'<w:{kind} w:id="{id}" w:author="{escape(author)}">{"".join(blocks)}</w:{kind}>'


def box(*blocks: str) -> str:
    """A text box, written twice as Word does: for programs of today, and for those of before 2010."""
    inside = f"<w:txbxContent>{''.join(blocks)}</w:txbxContent>"
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>'
        f"{inside}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>{inside}"
        "</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def deleted(text: str) -> str:
    return f"<w:del>{run(text, tag='delText')}</w:del>"


def levels(*texts: tuple[str, str], scheme: int = 1, more: str = "") -> str:
    """A scheme of lists by (format, label) for each level, and the list of its number."""
    inside = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for at, (form, text) in enumerate(texts)
    )
    return f'<w:abstractNum w:abstractNumId="{scheme}">{inside}</w:abstractNum>' + list_of(
        scheme, scheme, more
    )


def list_of(number: int, scheme: int, more: str = "") -> str:
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{scheme}"/>{more}</w:num>'


def style(id: str, name: str, inside: str = "") -> str:
    return f'<w:style w:type="paragraph" w:styleId="{id}"><w:name w:val="{name}"/>{inside}</w:style>'


def words_in(data: bytes) -> Counter[str]:
    """All words of a file, by patterns over its XML; what is written for older programs is passed over."""
    words: Counter[str] = Counter()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"word/(?:document|footnotes|endnotes|comments|header\d|footer\d)\.xml", name):
                xml, old = archive.read(name).decode(), 1
                while old:  # from the innermost out
                    xml, old = FALLBACK.subn("", xml)
                xml = re.sub(r"</w:p>|<w:(?:tab|br)/>|<w:txbxContent>|</?w:del>", " ", xml)
                words.update(re.sub(r"<[^>]*>", "", xml).split())
    return words
