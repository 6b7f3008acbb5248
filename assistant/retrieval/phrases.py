"""Phrases in quotation marks, and the chunks that have them."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from assistant.storage import Generation
from assistant.text.language import content_words

_SINGLE, _DOUBLE, _DASH = re.compile("[‘’‚‛`´‹›]"), re.compile("[“”„‟«»]"), re.compile("[‐-―−]")


def chunks_with(phrases: Iterable[str], generation: Generation) -> npt.NDArray[np.bool_]:
    """(chunks,) which chunks have all the phrases, in their own words or in their document's title."""
    kept = generation.table.document >= 0
    for phrase in phrases:
        kept &= _with(phrase, generation, kept)
    return kept


def same_words(text: str) -> str:
    """A text without what does not tell words apart: letter case, white space, kinds of marks and dashes."""
    text = _SINGLE.sub("'", _DOUBLE.sub('"', unicodedata.normalize("NFKC", text)))
    return " ".join(_DASH.sub("-", text).casefold().split())


def _with(phrase: str, generation: Generation, among: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Of the chunks that have all the words, or whose title has them, those that have them as they stand."""
    pattern = _whole(same_words(phrase))
    table = generation.table
    titled = [number for number, source in generation.sources.items() if pattern.search(_title(source.title))]
    found = among & np.isin(table.document, titled)
    likely = np.zeros_like(among)
    likely[generation.keywords.having(content_words(phrase))] = True
    for number in np.flatnonzero(likely & among & ~found).tolist():
        found[number] = bool(pattern.search(same_words(generation.catalog.chunk_text(number))))
    return found


@lru_cache(maxsize=100_000)
def _title(title: str) -> str:
    return same_words(title)


def _whole(phrase: str) -> re.Pattern[str]:
    """The phrase, not as a piece of a longer word or number; Chinese has no spaces to tell one by."""
    edge = r"[^\W㐀-鿿]"
    before = rf"(?<!{edge})" if re.match(edge, phrase) else ""
    after = rf"(?!{edge})" if re.search(rf"{edge}$", phrase) else ""
    before += r"(?<!\d[.,])" if re.match(r"\d", phrase) else ""
    after += r"(?![.,]\d)" if re.search(r"\d$", phrase) else ""
    return re.compile(before + re.escape(phrase) + after)
