"""Files of predictions, one JSON object a line.

    {"id", "abstained", "answer", "state": "answered" | "unsure" | "silent", "confidence", "seconds",
     "short": {"document", "start", "end", "quote"} or null,
     "statements": [{"text", "citations": [{"document", "start", "end", "quote"}]}],
     "citations": [{"document", "start", "end", "quote"}],
     "also": [{"document", "start", "end", "quote", "probability"}],
     "passages": [{"document", "start", "end"}]}

Files of other systems may leave fields out; a field that no line has is not measured. With a `state` come `short`,
`statements` and `also`: without a state on any line, nothing is measured that needs them.
"""

import json
from pathlib import Path
from types import TracebackType
from typing import TextIO

from pydantic import Field, ValidationInfo, field_validator

from assistant.errors import UserError
from assistant.types import State
from evals.cases.jsonl import Line, Object, Text, check, not_blank, read_objects
from evals.cases.predictions import CitedSpan, Prediction, ShownStatement


class PredictionFile:
    """Keeps predictions as they are made, one flushed line each; an earlier file is replaced, unless `append`.

    Failed cases go to NAME.failed.jsonl beside it: the packs' scorer reads an empty answer as an
    abstention, and a case without a line as the wrong attempt that a failure is.
    """

    def __init__(self, path: Path, *, append: bool = False):
        self.failures = path.with_name(f"{path.stem}.failed.jsonl")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.failures.unlink(missing_ok=True)
            self._file: TextIO = path.open("a" if append else "w", encoding="utf-8")
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
    probability: float | None = Field(None, ge=0, le=1, description="a number from 0 to 1")

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


class StatementLine(Line):
    text: Text = Field(description="a text that is not empty")
    citations: list[Object] | None = Field(None, description="a list of objects")

    _words = field_validator("text")(not_blank)


class PredictionLine(Line):
    id: Text = Field(description="a text that is not empty")
    abstained: bool = Field(default=False, description="true or false")
    answer: Text | None = Field(None, description="a text")
    citations: list[Object] | None = Field(None, description="a list of objects")
    passages: list[Object] | None = Field(None, description="a list of objects")
    seconds: float | None = Field(None, description="a number")
    error: Text | None = Field(None, description="a text")
    confidence: float | None = Field(None, description="a number")
    state: State | None = Field(None, description='"answered", "unsure" or "silent"')
    short: Object | None = Field(None, description="an object")
    statements: list[Object] | None = Field(None, description="a list of objects")
    also: list[Object] | None = Field(None, description="a list of objects")

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
    not_answered = line.abstained or line.state in ("unsure", "silent")
    said_whether = not_answered or "abstained" in line.model_fields_set
    return Prediction(
        id=line.id,
        abstained=not_answered,
        answer="" if line.answer is None and said_whether else line.answer,
        citations=_spans(f"{place}, citations", line.citations),
        passages=_spans(f"{place}, passages", line.passages),
        seconds=line.seconds,
        error=line.error,
        confidence=line.confidence,
        state=line.state,
        short=None if line.short is None else _span(f"{place}, short", line.short),
        statements=_statements(f"{place}, statements", line.statements),
        also=_spans(f"{place}, also", line.also),
    )


def _statements(place: str, rows: list[Object] | None) -> tuple[ShownStatement, ...] | None:
    if rows is None:
        return None
    lines = (check(place, row, StatementLine) for row in rows)
    return tuple(
        ShownStatement(line.text, _spans(f"{place}, citations", line.citations) or ()) for line in lines
    )


def _spans(place: str, rows: list[Object] | None) -> tuple[CitedSpan, ...] | None:
    return None if rows is None else tuple(_span(place, row) for row in rows)


def _span(place: str, row: Object) -> CitedSpan:
    line = check(place, row, SpanLine)
    return CitedSpan(line.document, line.start or 0, line.end, line.quote, line.probability)
