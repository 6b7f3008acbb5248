"""The words of a cell that is nothing but words, as most of a long table are: read in one go."""

from typing import Any

from assistant.loading.normalising import one_line
from assistant.loading.office.word.line import PRIVATE_USE
from assistant.loading.office.xml import W

TEXT, PARAGRAPH = W + "t", W + "p"
LOOKS = {  # that change no word
    W + name
    for name in """
    b bCs bdr bottom cnfStyle color cs gridSpan hAnsi highlight hideMark i iCs ind insideH insideV jc keepLines
    keepNext kern lang left noProof noWrap pPr proofErr r rFonts rPr rtl shd spacing sz szCs tabs tc tcBorders tcFitText
    tcMar tcPr tcW textAlignment textDirection top u vAlign w widowControl right start end bookmarkStart bookmarkEnd
    """.split()
}


def plain_words(cell: Any) -> str | None:
    """On one line; None where there is more in the cell than words in their looks."""
    pieces = []
    for node in cell.iter("*"):
        tag = node.tag
        if tag == TEXT:
            pieces.append(node.text or "")
        elif tag == PARAGRAPH:
            pieces.append(" ")
        elif tag not in LOOKS:
            return None
    text = "".join(pieces)
    return None if PRIVATE_USE.search(text) else one_line(text)
