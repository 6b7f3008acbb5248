"""A sentence of a reply -> a Statement with the citations that the check confirms, or with the reasons against it.

The numbers that the model gave are a hint: those that hold are kept, what else proves the sentence is added.
"""

import math
from collections.abc import Callable, Iterator, Sequence

from assistant.answering.check import check
from assistant.answering.writing.evidence import Line
from assistant.answering.writing.reply import connects, says_unknown
from assistant.text.language import content_words
from assistant.types import Citation, Statement

Check = Callable[
    [str, Sequence[str]], tuple[str, ...]
]  # (statement, what it cites) -> why not; empty: supported

UNPROVED = "Nothing that was found says so."
MOST_LINES = 3  # that one sentence rests on
SHARED = 0.5  # of its words, that lines have to have which the model did not name
FEW = 3  # content words: a name, a number, no sentence
NEAREST = 3  # lines tried one by one where none that the model named proves it


def checked(
    said: str, numbers: Sequence[int], lines: Sequence[Line], question: str, against: Check = check
) -> Statement:
    """One sentence, with citations whose markers are still to be given (`citing.numbered`)."""
    if connects(said, question) or says_unknown(said):
        return Statement(said, outcome="connecting")
    named = [lines[number - 1] for number in numbers if 1 <= number <= len(lines)]
    if len(content_words(said)) <= FEW:  # it says nothing by itself, so what it stands in has to answer
        named, lines = ([line for line in some if line.likely] for some in (named, lines))
    near = _nearest(said, lines)
    reasons: tuple[str, ...] = ()
    confirmed = [line for line in named if not against(said, [line.told])]
    if confirmed:
        return Statement(said, tuple(map(_citation, confirmed)))
    for group in _groups(said, named, near):
        against_it = against(said, [line.told for line in group])
        if not against_it and (set(group) <= set(named) or _share(said, group) >= SHARED):
            return Statement(said, tuple(map(_citation, _fewest(said, group, against))))
        reasons = reasons or against_it
    return Statement(said, outcome="unsupported", reasons=reasons or (UNPROVED,))


def _groups(said: str, named: Sequence[Line], near: Sequence[Line]) -> Iterator[list[Line]]:
    """What may prove it, first what the model named: several together, single ones, and with what the best one lacks.

    Lines are put together by the program only within a document: of two it could make what neither says.
    """
    if len(named) > 1:
        yield list(named[:MOST_LINES])
    yield from ([line] for line in near if line not in named)
    best = list(named[:1]) or list(near[:1])
    while best and len(best) < MOST_LINES:
        lacking = set(content_words(said)) - {word for line in best for word in content_words(line.told)}
        more = [line for line in near if line not in best and line.source == best[0].source]
        more = [line for line in more if lacking & set(content_words(line.text))]
        if not more:
            return
        best = [*best, max(more, key=lambda line: len(lacking & set(content_words(line.text))))]
        yield best


def _nearest(said: str, lines: Sequence[Line]) -> list[Line]:
    """Those that share most words with it, for their length."""
    wanted = set(content_words(said))

    def shared(line: Line) -> float:
        held = set(content_words(line.told))
        return len(wanted & held) / math.sqrt(len(held) + 5)

    return sorted(lines, key=shared, reverse=True)[:NEAREST]


def _share(said: str, group: Sequence[Line]) -> float:
    wanted = set(content_words(said))
    held = {word for line in group for word in content_words(line.told)}
    return len(wanted & held) / len(wanted) if wanted else 0.0


def _fewest(said: str, group: Sequence[Line], against: Check) -> list[Line]:
    """Without those that it can do without."""
    kept = list(group)
    for line in reversed(group):
        fewer = [other for other in kept if other is not line]
        if fewer and not against(said, [other.told for other in fewer]):
            kept = fewer
    return kept


def _citation(line: Line) -> Citation:
    return Citation(0, line.source, line.start, line.end, line.quote, line.speaker or None, line.reported_via)
