"""What is asked over: the documents that a question names, the phrases they have, and what was searched in words."""

import difflib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from assistant.errors import UserError
from assistant.question import parse_question, without_phrases
from assistant.retrieval import corrected, corrections, missing_phrases
from assistant.storage import INDEX_FORMAT, Generation
from assistant.text.days import day_in_words
from assistant.types import Hint, ParsedQuestion, Question, Source

NAMED = 3  # documents that are gone


def outdated(generation: Generation) -> tuple[str, ...]:
    """A note where the index was made in another way than this version makes it."""
    if generation.manifest.chunking == INDEX_FORMAT:
        return ()
    return ("The index was made by another version of this program: run `assistant index` to renew it.",)


def gone(generation: Generation) -> tuple[str, ...]:
    """A note where documents are not searched because their files are gone."""
    ids = sorted(generation.sources[number].document for number in generation.gone())
    if not ids:
        return ()
    named = ", ".join(ids[:NAMED]) + (", …" if len(ids) > NAMED else "")
    what = "1 document whose file is" if len(ids) == 1 else f"{len(ids):,} documents whose files are"
    return (
        f"Not searched: {what} no longer in the folder ({named}). `assistant index` takes them out of the index.",
    )


def spelled(question: Question, generation: Generation) -> ParsedQuestion:
    """The question parsed, with words that are nowhere put right as long as the user does not undo it."""
    meant = corrections(question.text, generation)
    if not meant:
        return parse_question(question, names=generation.names)
    applied = "spelling" not in question.disabled_hints
    right = replace(question, text=corrected(question.text, meant)) if applied else question
    parsed = parse_question(right, names=generation.names)
    words = ", ".join(dict.fromkeys(meant.values()))
    hint = Hint(
        "spelling", f"searched for: {words}", f"Searched for “{words}” in place of what was typed.", applied
    )
    return replace(parsed, question=replace(parsed.question, text=question.text), hints=(hint, *parsed.hints))


def resolve(parsed: ParsedQuestion, generation: Generation) -> ParsedQuestion:
    """With the ids of the documents that are named, and without phrases that none of them has."""
    parsed = replace(parsed, question=_resolve_within(parsed.question, generation))
    missing = missing_phrases(parsed.question, generation)
    return without_phrases(parsed, missing) if missing else parsed


def _resolve_within(question: Question, generation: Generation) -> Question:
    """Documents may be named by id, title or tag; a name that is unknown is an error that says the nearest."""
    if question.within is None:
        return question
    titles = {source.title.casefold(): source.document for source in generation.sources.values()}
    tagged: dict[str, list[str]] = defaultdict(list)
    for source in generation.sources.values():
        for tag in source.tags:
            tagged[tag.casefold()].append(source.document)
    ids: list[str] = []
    for name in question.within:
        key = name.casefold()
        found = [name] if name in generation.numbers else [titles[key]] if key in titles else tagged.get(key)
        if not found:
            near = difflib.get_close_matches(name, [*generation.numbers, *titles, *tagged], n=1, cutoff=0.3)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise UserError(
                f"The index has no document or tag {name!r}.{hint} `assistant doctor --documents` lists them."
            )
        ids += found
    return replace(question, within=tuple(dict.fromkeys(ids)))


def allowed(question: Question, generation: Generation) -> list[Source]:
    """The documents that may answer."""
    numbers = (
        generation.sources if question.within is None else (generation.numbers[id] for id in question.within)
    )
    missing = generation.gone()
    chosen = [generation.sources[number] for number in numbers if number not in missing]
    last = question.as_of
    return [s for s in chosen if last is None or s.published is None or s.published <= last]


def searched(sources: Sequence[Source], last: date | None) -> str:
    """What was searched, in words: "56 documents"; `last`: nothing newer was."""
    count = len(sources)
    what = f"{count} document{'s' if count != 1 else ''}"
    return f"{what} published up to {day_in_words(last)} or undated" if last else what
