"""Things of one kind, gathered from tables, lists and sections: listed, counted, compared, added up."""

from assistant.gathering.finding import alike, series_of, series_of_documents
from assistant.gathering.gather import gather
from assistant.gathering.gathered import Gathered
from assistant.gathering.series import Cell, Entry, Series
from assistant.gathering.values import Value, name_and_unit

__all__ = [
    "Cell", "Entry", "Gathered", "Series", "Value", "alike", "gather", "name_and_unit", "series_of",
    "series_of_documents",
]  # fmt: skip
