"""What was read of a page against all that the page says: words that were glued together, words that are not there."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from assistant.loading.layout import Part

WORD = re.compile(r"\S+")


def parted(read: Iterable[Part], page: Sequence[Part]) -> Iterator[Part]:
    """What was read, with spaces where trafilatura took them away with the tags between two words."""
    words = [word for part in page for word in _words(part)]
    known = set(words)
    line = "".join(words)
    starts = dict.fromkeys(accumulate(map(len, words), initial=0))  # of each word in the line

    last = 0  # where the one before was found: the order is mostly that of the page

    def apart(found: re.Match[str]) -> str:
        nonlocal last
        word = found[0]
        at = -1 if word in known else max(line.find(word, last), line.find(word))
        while at >= 0 and not (at in starts and at + len(word) in starts):
            at = line.find(word, at + 1)
        if at < 0:
            return word
        last = at + len(word)
        edges = [place for place in range(at, last + 1) if place in starts]
        return " ".join(line[one:end] for one, end in pairwise(edges))

    for part in read:
        yield part if part.columns else replace(part, text=WORD.sub(apart, part.text))


def unread(page: Iterable[Part], read: Sequence[Part]) -> Iterator[str]:
    """Of each part of the page the words that what was read does not have, or has for another part of the page."""
    whole = Counter(tuple(_words(part)) for part in read)
    words = Counter(word for part in read for word in _words(part))
    others = []
    for part in page:
        own = tuple(_words(part))
        if whole[own]:
            whole[own] -= 1
            words.subtract(own)
        else:
            others.append(own)
    for own in others:
        missing = []
        for word in own:
            if words[word] > 0:
                words[word] -= 1
            else:
                missing.append(word)
        if missing:
            yield " ".join(missing)


def _words(part: Part) -> Iterator[str]:
    return (word for word in part.text.removeprefix("- ").split() if word != "|")
