"""What is asked: the Question as it was put, and the ParsedQuestion made of it."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

Mode = Literal["quote", "write"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of a conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both included; `date.min` and `date.max` leave an end open."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Hint:
    """One way in which a question was interpreted; the user switches it off by its `key`, and `applied` is false."""

    key: str
    label: str  # a few words, for a button
    note: str  # one sentence
    applied: bool = True

    def to_json(self) -> dict[str, Any]:
        return {"key": self.key, "label": self.label, "note": self.note, "applied": self.applied}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and of what.

    `within` limits the search to these document ids (None: all, empty: none); nothing published after
    `as_of` is used; passages must have the `phrases`; `mode` None leaves the choice to the settings.
    `disabled_hints`: keys of the hints that the user has switched off.
    """

    text: str
    history: tuple[Turn, ...] = ()
    within: tuple[str, ...] | None = None
    as_of: date | None = None
    mode: Mode | None = None
    phrases: tuple[str, ...] = ()
    disabled_hints: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SubQuestion:
    """One of the questions in a question, as it can be read on its own; `label` names it in a few words.

    `heading`: what its answer stands under, where things are compared side by side. `others`: what else it may mean.
    """

    query: str
    label: str = ""
    heading: str = ""
    others: tuple[str, ...] = ()


WholeKind = Literal["list", "count", "sum", "most", "least"]


@dataclass(frozen=True, slots=True)
class DayLimit:
    """Days in which something has to lie: those of one of the periods, which are several where no year is said.

    `words`: as the question says them. `is_open`: a stretch, or with "before", "since" and the like.
    """

    words: str
    periods: tuple[Period, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """What is asked of all of a kind: to list them, to count or add them up, or which has the most or the least.

    `words`: the question without the words that say so, and without those of the limit. `measure`: "money", "time" or
    "length", where it says of what the most is meant ("the cheapest", "the oldest"); else `measured` has the words for
    it. `aspect`: what else is asked of each ("and when they were built"). `limit`: by days. `negated`: of those that
    are not so. `surely`: it says that all are meant; else one may be ("who …").
    """

    kind: WholeKind
    words: str
    measure: str = ""
    measured: str = ""
    aspect: str = ""
    limit: DayLimit | None = None
    negated: bool = False
    either: bool = False
    surely: bool = True


DocumentsKind = Literal["list", "count", "newest", "oldest", "author", "published", "about"]


@dataclass(frozen=True, slots=True)
class OfDocuments:
    """What is asked of the documents themselves, whatever they say.

    `kind`: "list", "count", "newest", "oldest": of several; "author", "published", "about": of the one that is `named`.
    `noun`: what they are called ("reports"), `form`: their format ("pdf"). `words`: what their titles, authors or
    publishers have. `mention`: what their texts have.
    """

    kind: DocumentsKind
    noun: str = ""
    words: str = ""
    mention: str = ""
    form: str = ""
    named: str = ""


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """All that is known of a question from its words: `query` says it in full, `hints` how it was interpreted.

    `queries` are what is searched, each with its weight: the text as it is, and with the conversation. `parts` are the
    questions in it; mostly there is one, the query itself. `summary_of`: the topic of which a summary is asked for.

    `newest`: it asks for the state of things, so of two passages alike the newer one is wanted.
    `periods`: what was published then, or tells of it, is preferred. `names`: (short, long) forms to search both of.
    """

    question: Question
    query: str
    queries: tuple[tuple[str, float], ...]
    parts: tuple[SubQuestion, ...]
    wordings: tuple[str, ...] = ()  # of a follow-up, by itself: what it may mean, the likeliest first
    leans: Literal["", "perhaps", "surely"] = ""  # on the conversation: whether it can be read as it stands
    choices: tuple[str, ...] = ()  # the answers to choose from, where the question gives them
    summary_of: str = ""
    of_documents: OfDocuments | None = None
    whole: Whole | None = None  # what is asked of all of a kind, if anything is
    newest: bool = False
    periods: tuple[Period, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    hints: tuple[Hint, ...] = ()
    notes: tuple[str, ...] = ()
