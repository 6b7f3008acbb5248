"""Whether what is seen first is right: the short answer, the statements, and the further quotes."""

from collections.abc import Iterable

from evals.cases import CitedSpan, Corpus, EvalCase, Prediction, ShownStatement
from evals.metrics.answers import contains, has_abstained, references, token_f1
from evals.metrics.citations import Sentence, cited_by, evidence_of
from evals.metrics.retrieval import Row
from evals.metrics.words import in_words, words

MOST_SHOWN = 3  # statements in which the answer has to stand
MOST_FURTHER = 5  # quotes beside the answer in which it may


def shown_metrics(case: EvalCase, prediction: Prediction, corpus: Corpus) -> Row:
    """What applies to the case; an abstention, "unsure" one of them, shows nothing but further quotes."""
    if not case.answerable:
        return {}
    abstained = has_abstained(case, prediction)
    statements = () if abstained else prediction.statements or ()
    row: Row = {}
    if case.has_short_answers:
        short = None if abstained else prediction.short
        row |= right_metrics(case, quoted(short, corpus), statements)
        also = [words(quoted(place, corpus)) for place in (prediction.also or ())[:MOST_FURTHER]]
        seen = words(all_shown(quoted(short, corpus), statements))
        row["also_right@5"] = (row["right"][0] or stand_in(case, also, seen), 1)
    gold = evidence_of(case, corpus)
    if gold or case.has_short_answers:
        good = sum(is_good(case, statement, gold, corpus) for statement in statements)
        row["answer_precision"] = (good, len(statements))
    return row


def right_metrics(case: EvalCase, short: str, statements: tuple[ShownStatement, ...]) -> Row:
    given, accepted = words(short), references(case)
    first = [given, *(words(statement.text) for statement in statements[:1])]
    return {
        "first_right": (any(contains(case, text, one_is_enough=True) for text in first), 1),
        "right": (contains(case, words(all_shown(short, statements))), 1),
        "short_em": (bool(given) and given in accepted, 1),
        "short_f1": (max(token_f1(given, reference) for reference in accepted), 1),
    }


def all_shown(short: str, statements: tuple[ShownStatement, ...]) -> str:
    return " ".join([short, *(statement.text for statement in statements[:MOST_SHOWN])])


def quoted(place: CitedSpan | None, corpus: Corpus) -> str:
    """The words that a span claims to quote, or else those that stand there; none for no span."""
    if place is None:
        return ""
    return corpus.words(place) if place.quote is None else place.quote


def stand_in(case: EvalCase, further: list[list[str]], shown: list[str]) -> bool:
    """Whether a further quote holds an accepted answer; with match "all" each must stand there or in what is shown."""
    answers = [words(answer) for answer in case.answers or ()]
    if case.match == "all":
        return all(any(in_words(answer, text) for text in [shown, *further]) for answer in answers)
    return any(in_words(answer, text) for answer in answers for text in further)


def is_good(case: EvalCase, statement: ShownStatement, gold: set[Sentence], corpus: Corpus) -> bool:
    """It cites evidence, or holds an accepted answer."""
    answers: Iterable[str] = (case.answers or ()) if case.has_short_answers else ()
    given = words(statement.text)
    return bool(gold & cited_by(statement.citations, corpus)) or any(
        in_words(words(answer), given) for answer in answers
    )
