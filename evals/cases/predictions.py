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

from pydantic import Field, ValidationInfo, field_validator

from assistant.errors import UserError
from assistant.types import Answer
from evals.cases.jsonl import Line, Object, Text, check, not_blank, read_objects


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


class SpanLine(Line):
    document: Text = Field(description="a text that is not empty")
    start: int | None = Field(None, ge=0, description="a whole number from 0")
    end: int | None = Field(None, ge=0, description="a whole number from 0")
    quote: Text | None = Field(None, description="a text")

    _words = field_validator("document")(not_blank)

    @field_validator("end")
    @classmethod
    def _not_before_start(cls, end: int | None, info: ValidationInfo) -> int | None:
        if end is not None and end < (info.data.get("start") or 0):
            raise ValueError("a number that is not below start")
        return end

    @field_validator("quote")
    @classmethod
    def _has_a_place(cls, quote: str | None, info: ValidationInfo) -> str | None:
        if quote is not None and None in (info.data.get("start"), info.data.get("end")):
            raise ValueError("given with its start and end")
        return quote


class PredictionLine(Line):
    id: Text = Field(description="a text that is not empty")
    abstained: bool = Field(default=False, description="true or false")
    answer: Text | None = Field(None, description="a text")
    citations: list[Object] | None = Field(None, description="a list of objects")
    passages: list[Object] | None = Field(None, description="a list of objects")
    seconds: float | None = Field(None, description="a number")
    error: Text | None = Field(None, description="a text")
    confidence: float | None = Field(None, description="a number")

    _words = field_validator("id")(not_blank)


def read_predictions(path: Path) -> dict[str, Prediction]:
    """Predictions by case id; UserError names the file and line of the first that is wrong."""
    predictions: dict[str, Prediction] = {}
    for place, row in read_objects(path):
        prediction = _prediction(place, check(place, row, PredictionLine))
        if prediction.id in predictions:
            raise UserError(f"{place}: the id {prediction.id!r} is used twice; keep one line a case.")
        predictions[prediction.id] = prediction
    return predictions


def _prediction(place: str, line: PredictionLine) -> Prediction:
    said_only_to_abstain = line.answer is None and "abstained" in line.model_fields_set
    return Prediction(
        id=line.id,
        abstained=line.abstained,
        answer="" if said_only_to_abstain else line.answer,
        citations=_spans(f"{place}, citations", line.citations),
        passages=_spans(f"{place}, passages", line.passages),
        seconds=line.seconds,
        error=line.error,
        confidence=line.confidence,
    )


def _spans(place: str, rows: list[Object] | None) -> tuple[CitedSpan, ...] | None:
    if rows is None:
        return None
    lines = (check(place, row, SpanLine) for row in rows)
    return tuple(CitedSpan(line.document, line.start or 0, line.end, line.quote) for line in lines)
