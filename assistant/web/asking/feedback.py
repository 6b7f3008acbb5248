"""What a user says of an answer -> a pending case: thumbs, the kind of fault, and words marked as the right ones."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from assistant.chain import AnswerChain
from assistant.errors import UserError
from assistant.web.asking.conversation import Exchange, Feedback, history
from evals.making import KINDS, Marked, Pending, PendingCases, locate


def noted(
    chain: AnswerChain,
    folder: Path,
    exchange: Exchange,
    before: Sequence[Exchange],
    said: Mapping[str, str],
) -> Exchange:
    """The exchange with the feedback, which is kept in the folder; nothing changes where it makes no sense.

    `said`: `kind`, or the `quote` marked as right and the `document` it was marked in.
    """
    kind, quote = said.get("kind"), said.get("quote")
    feedback = exchange.feedback
    if exchange.answer is None or not exchange.answer.complete:
        return exchange
    try:
        cases = PendingCases(folder)
        if quote is not None and feedback:
            marked = _marked(chain, quote, said.get("document", ""))
            cases.mark(feedback.id, marked)
            return replace(exchange, feedback=replace(feedback, marked=marked.quote, error=""))
        if kind is None or kind not in KINDS:
            return exchange
        pending = _pending(exchange, before, kind, feedback.id if feedback else "")
        cases.put(pending)
        return replace(exchange, feedback=Feedback(pending.kind, pending.id))
    except UserError as error:
        return replace(exchange, feedback=replace(feedback or Feedback(kind or ""), error=str(error)))


def _pending(exchange: Exchange, before: Sequence[Exchange], kind: str, id: str) -> Pending:
    answer = exchange.answer
    assert answer is not None
    now = datetime.now(UTC)
    asked = exchange.asked
    return Pending(
        id=id or f"feedback-{now:%Y%m%d}-{secrets.token_hex(4)}",
        kind=kind,
        question=exchange.question,
        history=history(before),
        as_of=asked.as_of if asked else None,
        documents=asked.within if asked else None,
        answer="" if answer.abstained else answer.text,
        short=answer.short.quote if answer.short and not answer.abstained else "",
        cited=tuple(Marked(c.document, c.quote, c.start) for c in answer.citations),
        generation=answer.generation,
        made=now.isoformat(timespec="seconds"),
    )


def _marked(chain: AnswerChain, quote: str, document: str) -> Marked:
    catalog = chain.index.current().catalog
    try:
        return locate(quote, {document: catalog.text(document)}, document=document)
    except (KeyError, UserError):
        return locate(quote, {each.id: each.text for each in catalog.documents()})
