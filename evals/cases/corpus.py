"""The documents that cases and predictions point into."""

from collections.abc import Mapping, Sequence

from assistant.errors import UserError
from evals.cases.predictions import CitedSpan
from evals.cases.spans import Span, sentence_spans


class Corpus:
    """Texts by document id, and their sentences, found once a document."""

    def __init__(self, texts: Mapping[str, str]):
        self.texts = texts
        self._sentences: dict[str, Sequence[Span]] = {}

    def text(self, document: str) -> str:
        if document not in self.texts:
            raise UserError(
                f"the corpus has no document {document!r}, which a prediction points into;"
                " measure with the documents that were asked about."
            )
        return self.texts[document]

    def sentences(self, document: str) -> Sequence[Span]:
        """In order, none overlapping another."""
        if document not in self._sentences:
            self._sentences[document] = sentence_spans(self.text(document))
        return self._sentences[document]

    def span(self, place: CitedSpan) -> Span:
        """From `start` to `end`, or to the end of the document where `end` is not given."""
        end = len(self.text(place.document)) if place.end is None else place.end
        return place.start, end

    def words(self, place: CitedSpan) -> str:
        """The document's own text at a place."""
        start, end = self.span(place)
        return self.text(place.document)[start:end]
