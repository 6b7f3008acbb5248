"""A page of a PDF that is an image -> its printed lines, by RapidOCR's packaged models; nothing is fetched."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from math import prod
from pathlib import Path
from statistics import median
from typing import Any

from assistant.errors import UserError
from assistant.loading.normalising import clean, tidy
from assistant.loading.pdf.columns import reading_order
from assistant.loading.pdf.lines import Line

DPI = 200
MOST_PIXELS = 12_000_000  # of a rendered page; A3 at 200 dpi has 8 million
LONGEST = 6_000  # pixels of its longer side
NARROWEST = 3  # longer strips are widened: the models would enlarge them until they fill memory
MODELS = {  # named, so that the library does not look for them elsewhere
    "Det": "PP-OCRv6_det_small.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
}
OPTIONS = {
    "Global.log_level": "error",
    "Global.use_cls": False,  # it takes long lines for upside down, and makes nonsense of them
    "Rec.rec_batch_num": 1,  # a third less memory, and quicker
}
CONFIDENT = 0.8  # .99 on clear pages; .7 and less, which is nonsense, where a page is sideways or upside down
SAME_HEIGHT = 0.75  # boxes of one type size differ so much, as their words have high and low letters or none


def recognised_lines(page: Any) -> list[Line]:
    """The lines of a page in reading order, "a | b" where columns of a table are set apart."""
    image, scale = _rendered(page)
    return list(_even(reading_order([box for box in _boxes(image, scale) if box.text])))


def _boxes(image: Any, scale: float) -> list[Line]:
    """The pieces of lines, upright whichever way the page lies; none where recognition is not confident."""
    import numpy as np

    engine = _engine()
    if image.min() == image.max():
        return []
    for turns in range(4):
        turned = np.ascontiguousarray(np.rot90(image, turns))
        result = engine(turned)
        if result.boxes is None or result.txts is None:
            return []
        boxes = [
            Line(
                tidy(clean(text)),
                left=float(box[:, 0].min() / scale),
                right=float(box[:, 0].max() / scale),
                bottom=float((len(turned) - box[:, 1].max()) / scale),
                top=float((len(turned) - box[:, 1].min()) / scale),
            )
            for box, text in zip(result.boxes, result.txts, strict=True)
        ]
        if _confidence(boxes, result.scores) >= CONFIDENT:
            return boxes
    return []


def _confidence(boxes: Sequence[Line], scores: Sequence[float]) -> float:
    """The mean confidence per character; zero for those in a line that runs upwards."""
    lengths = [len(box.text) for box in boxes]
    lies = [box.right - box.left > box.size or len(box.text) < 3 for box in boxes]
    return sum(map(prod, zip(scores, lengths, lies, strict=True))) / max(sum(lengths), 1)


@cache
def _engine() -> Any:
    try:
        import rapidocr
    except ImportError:
        raise UserError(
            "The setting ocr is on, but text recognition is not installed; "
            "run `pip install 'rapidocr>=3.10,<3.11'`, or turn the setting off."
        ) from None
    folder = Path(rapidocr.__file__).parent / "models"
    models = {f"{step}.model_path": str(folder / name) for step, name in MODELS.items()}
    return rapidocr.RapidOCR(params=OPTIONS | models)


def _rendered(page: Any) -> tuple[Any, float]:
    """(height, width, 3) pixels, at most MOST_PIXELS, and how many of them make a point."""
    import numpy as np

    width, height = page.get_size()
    scale = min(DPI / 72, (MOST_PIXELS / max(width * height, 1)) ** 0.5, LONGEST / max(width, height, 1))
    image = page.render(scale=scale).to_numpy()[:, :, :3]
    high, wide = image.shape[:2]
    missing = (max(0, wide // NARROWEST - high), max(0, high // NARROWEST - wide))
    return np.pad(image, ((missing[0], 0), (0, missing[1]), (0, 0)), constant_values=255), scale


def _even(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines with one type size where theirs are nearly the same."""
    usual = median(line.size for line in lines) if lines else 1.0
    for line in lines:
        middle = (line.top + line.bottom) / 2
        is_usual = SAME_HEIGHT < line.size / usual < 1 / SAME_HEIGHT
        yield replace(line, top=middle + usual / 2, bottom=middle - usual / 2) if is_usual else line
