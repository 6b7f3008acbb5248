"""What is asked of all of a kind, whichever: it is exact, so it is never left to a chat model."""

from collections.abc import Sequence

from assistant.answering.overall.documents import answer_of_documents
from assistant.answering.overall.things import answer_whole
from assistant.answering.quote import Quoted
from assistant.storage import Generation
from assistant.types import ParsedQuestion, Passage, Source


def answer_overall(
    parsed: ParsedQuestion, passages: Sequence[Passage], sources: Sequence[Source], generation: Generation
) -> Quoted | None:
    """From the catalog, or over all of a kind; None where neither is asked for, or can be told."""
    asked, whole = parsed.of_documents, parsed.whole
    # "Which is the oldest, and who owns it?"
    of_one = whole and whole.kind in ("most", "least") and whole.aspect
    if (len(parsed.parts) > 1 and not of_one) or parsed.summary_of:
        return None
    known = answer_of_documents(asked, parsed.periods, sources, generation) if asked else None
    return known or (answer_whole(whole, passages, sources, generation.catalog) if whole else None)
