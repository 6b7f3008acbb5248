"""What was read of a page against all that the page says: words that were glued together, words that are not there."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import reduce
from itertools import accumulate, pairwise

from assistant.loading.layout import Part

MOST_PIECES = 4  # of one word
LONGEST_WORD = 200  # characters


def mended(read: Iterable[Part], page: Sequence[Part]) -> Iterator[Part]:
    """What was read, in the words of the page, each as often as there.

    trafilatura glues words and cuts others where it takes tags away, and says some text of mixed blocks twice.
    """
    words = _PageWords(word for part in page for word in _words(part))
    left = Counter(word for part in page for word in _words(part))
    for part in _in_words(read, words):
        own = list(_words(part))
        if any(left[word] > 0 for word in own):
            yield part
        left.subtract(own)


def _in_words(read: Iterable[Part], words: "_PageWords") -> Iterator[Part]:
    before: Part | None = None
    for part in read:
        if not part.columns and not all(word in words.known for word in _words(part)):
            lines = (" ".join(words.mend(line.split(" "))) for line in part.text.split("\n"))
            part = replace(part, text=reduce(words.go_on, lines))
        if before and before.kind == part.kind == "paragraph" and words.are_one(before.text, part.text):
            before = replace(before, text=before.text + part.text)
            continue
        if before:
            yield before
        before = part
    if before:
        yield before


class _PageWords:
    """The words of a page, and where each starts in a line of all of them."""

    def __init__(self, words: Iterable[str]) -> None:
        in_order = list(words)
        self.known = set(in_order)
        self._line = "".join(in_order)
        self._starts = set(accumulate(map(len, in_order), initial=0))
        self._longer: dict[str, set[str]] = {}  # the words by their first letter
        for word in self.known:
            self._longer.setdefault(word[0], set()).add(word)
        self._last = 0  # where the one before was found: the order is mostly that of the page

    def mend(self, words: Sequence[str]) -> Iterator[str]:
        at = 0
        while at < len(words):
            ends = range(at + 1, min(at + MOST_PIECES, len(words)) + 1)
            whole = (end for end in ends if "".join(words[at:end]) in self.known)
            end = at + 1 if words[at] in self.known else next(whole, 0)
            yield "".join(words[at:end]) if end else " ".join(self._apart(words[at]))
            at = end or at + 1

    def are_one(self, text: str, following: str) -> bool:
        """Whether a word was cut where one text ends and another begins."""
        last, first = text.split()[-1:], following.split()[:1]
        word = "".join([*last, *first])
        if not last or not first or self.known.issuperset([*last, *first]):
            return False
        return any(known.startswith(word) for known in self._longer.get(word[:1], ()))

    def go_on(self, text: str, line: str) -> str:
        return text + ("" if self.are_one(text, line) else "\n") + line

    def _apart(self, word: str) -> list[str]:
        """The words of the page that were glued to be this one; itself where they are not found."""
        if run := self._run(word):
            return run
        for cut in range(
            1, min(len(word), LONGEST_WORD)
        ):  # what stood between them is no part of the article
            if word[cut:] in self.known and (run := self._run(word[:cut])):
                return [*run, word[cut:]]
        return [word]

    def _run(self, word: str) -> list[str]:
        """The words that follow one another on the page and are this one, glued."""
        at = max(self._line.find(word, self._last), self._line.find(word))
        while at >= 0 and not (at in self._starts and at + len(word) in self._starts):
            at = self._line.find(word, at + 1)
        if at < 0:
            return []
        self._last = at + len(word)
        edges = [place for place in range(at, self._last + 1) if place in self._starts]
        return [self._line[one:end] for one, end in pairwise(edges)]


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
