"""The parts of a file, in reading order -> the text of its document, and the blocks of which it consists."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.text.language import BETWEEN_CELLS
from assistant.types import Block, BlockKind

CLOSE = {"item", "row"}  # one of these follows another of its kind in the next line, others after a blank one


@dataclass(frozen=True, slots=True)
class Part:
    """What becomes a block; `text` is normalised.

    `columns`: of a row, where in `text` a cell starts, and what its column is called. `hangs_on`: of a note, how many
    parts before it is the one that refers to it, after it if negative. `opens`: a list, or a table, begins with it.
    """

    kind: BlockKind
    text: str
    level: int = 0
    columns: tuple[tuple[int, str], ...] = ()
    hangs_on: int | None = None
    opens: bool = False


def table(rows: Iterable[Sequence[str]], *, header: bool = True) -> Iterator[Part]:
    """A row each; by `header`, the first one names the columns. Cells are of one line each."""
    names: Sequence[str] = ()
    for number, cells in enumerate(rows):
        yield replace(row(cells, names), opens=number == 0)
        if header and number == 0:
            names = cells


def row(cells: Sequence[str], header: Sequence[str] = ()) -> Part:
    """The cells that hold something, each with the name of its column, if it has one."""
    text, columns = "", []
    for at, cell in enumerate(cells):
        if cell:
            text += BETWEEN_CELLS if text else ""
            if at < len(header) and header[at]:
                columns.append((len(text), header[at]))
            text += cell
    return Part("row", text, columns=tuple(columns))


def laid_out(parts: Iterable[Part]) -> tuple[str, tuple[Block, ...]]:
    """The parts as one text; those without words are left out."""
    pieces: list[str] = []
    blocks: list[Block] = []
    starts: list[int] = []
    hanging: list[int | None] = []  # by block, on which part
    length = 0
    for part in parts:
        words = part.text.strip("\n")
        if not words.strip():
            starts.append(length)
            continue
        close = blocks and part.kind in CLOSE and blocks[-1].kind == part.kind and not part.opens
        pieces += ["\n" if close else "\n\n", words] if blocks else [words]
        start = length + len(pieces[-2] if blocks else "")
        length = start + len(words)
        starts.append(start)
        lost = len(part.text) - len(part.text.lstrip("\n"))
        columns = tuple((start + at - lost, name) for at, name in part.columns)
        hanging.append(len(starts) - 1 - part.hangs_on if part.hangs_on is not None else None)
        blocks.append(Block(start, length, part.kind, part.level, columns))
    hung = (
        block if on is None else replace(block, hangs_on=starts[on])
        for block, on in zip(blocks, hanging, strict=True)
    )
    return "".join(pieces), tuple(hung)
