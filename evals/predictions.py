"""What a system gave for each case, and the file it is kept in: one JSON object a line.

    {"id", "abstained", "answer", "confidence", "citations": [{"document", "start", "end", "quote"}],
     "passages": [{"document", "start", "end"}], "seconds"}

Files of other systems may leave fields out; a field that no line has is not measured.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from assistant.errors import UserError
from assistant.types import Answer
from evals.jsonl import Fields, read_objects


@dataclass(frozen=True, slots=True)
class CitedSpan:
    """A span of a document that was cited or found; `end` None: to the end of the document."""

    document: str
    start: int = 0
    end: int | None = None
    quote: str | None = None  # the words a citation claims to stand there

    def to_json(self) -> dict[str, Any]:
        row = {"document": self.document, "start": self.start, "end": self.end, "quote": self.quote}
        return {name: value for name, value in row.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Prediction:
    """A field is None where nothing is on record; `passages` are ranked, best first.

    `error` says why the system failed on the case: it then counts as a wrong attempt, never as an abstention.
    """

    id: str
    abstained: bool = False
    answer: str | None = None
    citations: tuple[CitedSpan, ...] | None = None
    passages: tuple[CitedSpan, ...] | None = None
    seconds: float | None = None
    error: str | None = None
    confidence: float | None = None  # the probability, by the system, that the documents hold an answer

    @classmethod
    def from_answer(cls, case_id: str, answer: Answer, *, seconds: float | None = None) -> "Prediction":
        """What the reader of an answer gets: an abstention has no words, and only supported
        statements bring their citations."""
        supported = () if answer.abstained else tuple(s for s in answer.statements if s.supported)
        cited = (CitedSpan(c.document, c.start, c.end, c.quote) for s in supported for c in s.citations)
        return cls(
            case_id,
            abstained=answer.abstained,
            answer="" if answer.abstained else answer.text,
            citations=tuple(dict.fromkeys(cited)),
            passages=tuple(CitedSpan(p.document, p.start, p.end) for p in answer.passages),
            seconds=seconds,
            confidence=answer.confidence,
        )

    @classmethod
    def failed(cls, case_id: str, error: str, *, seconds: float | None = None) -> "Prediction":
        return cls(case_id, answer="", citations=(), passages=(), seconds=seconds, error=error)

    def to_json(self) -> dict[str, Any]:
        row: dict[str, Any] = {"id": self.id}
        if self.answer is not None:
            row |= {"abstained": self.abstained, "answer": self.answer}
        if self.citations is not None:
            row["citations"] = [place.to_json() for place in self.citations]
        if self.passages is not None:
            row["passages"] = [place.to_json() for place in self.passages]
        if self.confidence is not None:
            row["confidence"] = self.confidence
        if self.seconds is not None:
            row["seconds"] = round(self.seconds, 6)
        return row | ({"error": self.error} if self.error is not None else {})


class PredictionFile:
    """Keeps predictions as they are made, one flushed line each; an earlier file of that name is replaced.

    Failed cases go to NAME.failed.jsonl beside it: the packs' scorer reads an empty answer as an
    abstention, and a case without a line as the wrong attempt that a failure is.
    """

    def __init__(self, path: Path):
        self.failures = path.with_name(f"{path.stem}.failed.jsonl")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.failures.unlink(missing_ok=True)
            self._file: TextIO = path.open("w", encoding="utf-8")
        except OSError as error:
            raise UserError(f"{path}: cannot be written ({error.strerror}); choose another place.") from None

    def add(self, prediction: Prediction) -> None:
        line = json.dumps(prediction.to_json()) + "\n"
        if prediction.error is None:
            self._file.write(line)
            self._file.flush()
        else:
            with self.failures.open("a", encoding="utf-8") as failures:
                failures.write(line)

    def __enter__(self) -> "PredictionFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def read_predictions(path: Path) -> dict[str, Prediction]:
    """Predictions by case id; UserError names the file and line of the first that is wrong."""
    predictions: dict[str, Prediction] = {}
    for place, row in read_objects(path):
        prediction = _prediction(Fields(place, row))
        if prediction.id in predictions:
            raise UserError(f"{place}: the id {prediction.id!r} is used twice; keep one line a case.")
        predictions[prediction.id] = prediction
    return predictions


def _prediction(fields: Fields) -> Prediction:
    answer = fields.optional_text("answer")
    if answer is None and "abstained" in fields.row:
        answer = ""
    return Prediction(
        id=fields.text("id"),
        abstained=fields.truth("abstained", default=False),
        answer=answer,
        citations=_places(fields, "citations"),
        passages=_places(fields, "passages"),
        seconds=fields.number("seconds"),
        error=fields.optional_text("error"),
        confidence=fields.number("confidence"),
    )


def _places(fields: Fields, name: str) -> tuple[CitedSpan, ...] | None:
    items = fields.objects(name)
    return None if items is None else tuple(map(_place, items))


def _place(fields: Fields) -> CitedSpan:
    start, end, quote = fields.offset("start"), fields.offset("end"), fields.optional_text("quote")
    if quote is not None and (start is None or end is None):
        raise fields.wrong("start and end", "given where a quote is")
    if end is not None and end < (start or 0):
        raise fields.wrong("end", "a number that is not below start")
    return CitedSpan(fields.text("document"), start or 0, end, quote)
