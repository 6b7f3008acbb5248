"""Cases proposed from the documents by templates, without a language model; marked as synthetic, to be looked through.

Four templates, each with near misses that the documents do not answer: the cell of a table's row, what somebody said
of somebody, a number with a day, the day of publication. A near miss has the name or day of another row or sentence.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.types import Block, Document
from evals.cases import EvalCase, Evidence
from evals.cases.spans import Span, sentence_spans

SYNTHETIC, NEAR_MISS = "synthetic", "near_miss"  # tags
MOST = 6  # of a document, near misses apart
SHORTEST, LONGEST = 2, 60  # characters of a cell that is asked for
NAME = r"[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)+"
TOPIC = re.compile(rf"(?<=[ “\"(])(?:{NAME}|[A-Z]{{3,}}\w*)")
# Where what is said begins: behind the verb, and behind whom it is told or in what.
VERB = re.compile(
    rf"\b(?:said|says|told(?: the)? (?:{NAME}|[a-z]+)|confirmed|warned|argued|added|wrote)\b(?: (?:in|to|on) [^,.]+?,)?"
)
GENITIVE = re.compile(r"[’']s?$")
Speaker = Callable[[str, Span], str | None]  # a text and a sentence's span -> whose words it gives
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
DAY = re.compile(
    rf"\b(?P<lead>on|by|in|as of|at the end of) (?P<day>(?:\d{{1,2}} )?(?:{MONTHS}) \d{{4}})", re.IGNORECASE
)
NUMBER = re.compile(
    r"(?<![\w.,$£€¥])(?P<number>\d{1,3}(?:,\d{3})+|\d{1,4}) (?P<noun>[a-z]{3,}(?: [a-z]{4,})?s)\b"
)
UNITS = frozenset("years months days weeks hours minutes points times".split())


@dataclass(frozen=True, slots=True)
class Proposed:
    """A case, and how its near misses are made of it."""

    case: EvalCase
    template: str
    asks: str  # the question with {} for what is varied
    varied: str
    document: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of how many documents, publishers and years there are cases with a quotation: (those with cases, all)."""

    documents: tuple[int, int]
    publishers: tuple[int, int]
    years: tuple[int, int]

    @classmethod
    def of(cls, cases: Iterable[EvalCase], documents: Sequence[Document]) -> "Coverage":
        covered = {item.document for case in cases for item in case.quotes}
        with_cases = [each for each in documents if each.id in covered]
        kinds = (
            lambda each: each.id,
            lambda each: each.source.publisher,
            lambda each: each.source.published and each.source.published.year,
        )
        counts = [(len(_kinds(with_cases, kind)), len(_kinds(documents, kind))) for kind in kinds]
        return cls(*counts)

    def __str__(self) -> str:
        return (
            f"with quotations from {self.documents[0]} of {self.documents[1]} documents, {self.publishers[0]} of "
            f"{self.publishers[1]} publishers, {self.years[0]} of {self.years[1]} years"
        )


def _kinds(documents: Sequence[Document], kind: object) -> set[object]:
    assert callable(kind)
    return {found for each in documents if (found := kind(each))}


def propose(documents: Sequence[Document], speaker: Speaker) -> list[EvalCase]:
    """Cases in the order of the documents, then their near misses; the same for the same documents."""
    found = _without_ambiguous([each for document in documents for each in _of_document(document, speaker)])
    named = [replace(each.case, id=f"synthetic-{number:04}") for number, each in enumerate(found, 1)]
    misses = list(_near_misses(found, {document.id: document.text for document in documents}))
    return named + [replace(case, id=f"synthetic-miss-{number:04}") for number, case in enumerate(misses, 1)]


def _of_document(document: Document, speaker: Speaker) -> list[Proposed]:
    """The first few of each template in turn, so that none crowds out the others."""
    each = [
        list(_rows(document)),
        list(_said(document, speaker)),
        list(_numbers(document)),
        list(_published(document)),
    ]
    taken: list[Proposed] = []
    for place in range(MOST):
        taken += [found[place] for found in each if place < len(found)]
    return taken[:MOST]


def _rows(document: Document) -> Iterator[Proposed]:
    """What one column says of the row that another names."""
    for block in document.blocks:
        cells = _cells(document.text, block)
        if len(cells) < 2:
            continue
        key = cells[0][1]
        for column, words in cells[1:]:
            if SHORTEST <= len(words) <= LONGEST and key and not words.startswith("not "):
                asks = f"In the table, what stands under “{column}” for {{}}?"
                evidence = Evidence(document.id, document.text[block.start : block.end], block.start)
                yield _proposed(document, "table_row", asks, key, (words,), evidence)


def _cells(text: str, block: Block) -> list[tuple[str, str]]:
    """The column and the words of each cell; none where the columns have no names."""
    if block.kind != "row" or not block.columns:
        return []
    ends = [*(start for start, _ in block.columns[1:]), block.end]
    return [
        (column, text[start:end].strip(" |\n\t"))
        for (start, column), end in zip(block.columns, ends, strict=True)
        if column
    ]


def _said(document: Document, speaker: Speaker) -> Iterator[Proposed]:
    """What a person said of something that has a name."""
    for start, end in _sentences(document):
        sentence = document.text[start:end]
        who = speaker(document.text, (start, end)) or ""
        spoken = VERB.split(sentence, 1)[1:]
        topics = [topic for topic in TOPIC.findall(spoken[0]) if not _same(topic, who)] if spoken else []
        if re.fullmatch(NAME, who) and who in sentence and topics:
            evidence = Evidence(document.id, sentence, start)
            yield _proposed(
                document,
                "said",
                f"What did {{}} say about {GENITIVE.sub('', topics[0])}?",
                who,
                None,
                evidence,
            )


def _same(topic: str, who: str) -> bool:
    return bool(set(topic.split()) & set(who.split()))


def _numbers(document: Document) -> Iterator[Proposed]:
    """How many of something there were at a day."""
    for start, end in _sentences(document):
        sentence = document.text[start:end]
        day = DAY.search(sentence)
        numbers = [
            each
            for each in NUMBER.finditer(sentence)
            if day and not day.start() <= each.start() < day.end() and each["noun"].split()[-1] not in UNITS
        ]
        if day and len(numbers) == 1:
            evidence = Evidence(document.id, sentence, start)
            asks = f"How many {numbers[0]['noun']} are told of for {{}}?"
            yield _proposed(document, "dated_number", asks, day["day"], (numbers[0]["number"],), evidence)


def _published(document: Document) -> Iterator[Proposed]:
    day = document.source.published
    if day and document.source.title:
        words = f"{day.day} {day:%B %Y}"
        asks = "When was “{}” published?"
        yield _proposed(
            document, "title", asks, document.source.title, (words, str(day)), Evidence(document.id)
        )


def _proposed(
    document: Document,
    template: str,
    asks: str,
    varied: str,
    answers: tuple[str, ...] | None,
    evidence: Evidence,
) -> Proposed:
    tags = (SYNTHETIC, template)
    case = EvalCase("", asks.replace("{}", varied), answers=answers, evidence=(evidence,), tags=tags)
    return Proposed(case, template, asks, varied, document.id)


def _sentences(document: Document) -> Iterator[tuple[int, int]]:
    """Those of running text."""
    for block in document.blocks:
        if block.kind in ("paragraph", "item"):
            for start, end in sentence_spans(document.text[block.start : block.end]):
                yield block.start + start, block.start + end


def _without_ambiguous(found: Sequence[Proposed]) -> list[Proposed]:
    """Without questions that two places answer: no one answer would be right."""
    times = Counter(each.case.question for each in found)
    return [each for each in found if times[each.case.question] == 1]


def _near_misses(found: Sequence[Proposed], texts: dict[str, str]) -> Iterator[EvalCase]:
    """One a document and template: what another place is asked about, put into the question of this one.

    Only where the two do not stand in one document, so that nothing there may answer after all.
    """
    by_template: dict[str, list[Proposed]] = defaultdict(list)
    for each in found:
        by_template[each.template].append(each)
    seen: set[tuple[str, str]] = set()
    for place, each in enumerate(found):
        if (each.document, each.template) in seen or each.template == "title":
            continue
        alike = by_template[each.template]
        first = place % len(alike)  # so that not every near miss is about the same one
        others = (other for other in [*alike[first:], *alike[:first]] if other.document != each.document)
        strange = next((o.varied for o in others if _apart(o.varied, _subject(each), texts)), None)
        if strange:
            seen.add((each.document, each.template))
            tags = (SYNTHETIC, each.template, NEAR_MISS)
            yield EvalCase("", each.asks.replace("{}", strange), answerable=False, tags=tags)


def _subject(each: Proposed) -> str:
    """What is asked of whom is varied: the topic, the noun, or the column."""
    match = re.search(r"say about (.+)\?$|^How many (.+) are told|“(.+?)”", each.asks)
    return next(filter(None, match.groups())) if match else each.asks


def _apart(varied: str, subject: str, texts: dict[str, str]) -> bool:
    return not any(varied in text and subject in text for text in texts.values())
