"""Full stops: whether one ends a sentence, is part of an abbreviation, or stands behind the day of a date."""

from assistant.text.stops.rules import closes_abbreviation, ends_sentence, is_day
from assistant.text.stops.word_lists import FIGURE, listed, months

__all__ = ["FIGURE", "closes_abbreviation", "ends_sentence", "is_day", "listed", "months"]
