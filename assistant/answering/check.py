"""The check of written answers with the packaged score: what lacks its weights is checked by the rules alone."""

import logging
from collections.abc import Sequence
from functools import cache

from assistant import checking
from assistant.checking import Support, supporting_spans
from assistant.errors import DamagedModel
from assistant.models import load_support_score

__all__ = ["check", "packaged_support", "supporting_spans"]

logger = logging.getLogger(__name__)


def check(text: str, cited: Sequence[str]) -> tuple[str, ...]:
    """Why a statement is not supported by the texts it cites; empty where nothing speaks against it."""
    return checking.check(text, cited, packaged_support())


@cache
def packaged_support() -> Support | None:
    """Loaded at the first statement, which takes a second; the very first time its weights are joined, in ten."""
    try:
        return load_support_score()
    except DamagedModel as error:
        logger.warning("Written answers are checked by rules alone. %s", error)
        return None
