"""Files of one JSON object a line, or of a YAML list, and the check of each line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, InstanceOf, ValidationError

from assistant.errors import UserError
from evals.cases.yaml_files import SUFFIXES, read_yaml

Object = dict[str, Any]
Text = InstanceOf[str]  # pydantic's own `str` refuses half a surrogate pair, which a document may hold


class Line(BaseModel):
    """What a line, or an object in one, must be.

    A field's description completes the sentence "FIELD must be …", or in its place the ValueError of a validator.
    """

    model_config = ConfigDict(strict=True, frozen=True)


LineT = TypeVar("LineT", bound=Line)


def read_objects(path: Path) -> Iterator[tuple[str, Object]]:
    """Each object with its place ("FILE, line N"); UserError for what is not UTF-8 or not a JSON object.

    A file whose name ends in .yaml or .yml holds a list of objects in YAML instead.
    """
    if path.suffix.lower() in SUFFIXES:
        yield from read_yaml(path, _read(path))
        return
    # split at "\n" alone: str.splitlines would also break at U+2028, which JSON strings may hold
    for number, line in enumerate(_read(path).split("\n"), 1):
        if not line.strip():
            continue
        place = f"{path}, line {number}"
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            raise UserError(f"{place}: not valid JSON ({error.msg}); correct or remove the line.") from None
        if not isinstance(value, dict):
            raise UserError(f"{place}: expected a JSON object like {{...}}; correct or remove the line.")
        yield place, value


def check(place: str, row: Object, model: type[LineT]) -> LineT:
    """The row as the model has it; UserError names the place and the first field that is wrong."""
    try:
        return model.model_validate(row)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
    name, fields = str(first["loc"][0]), model.model_fields
    if first["type"] == "extra_forbidden":
        raise UserError(f"{place}: unknown field {name!r}; the fields are {sorted(fields)}.")
    told = first["type"] == "value_error"
    wanted = first["ctx"]["error"] if told else fields[name].description
    raise UserError(f"{place}: {name!r} must be {wanted}; correct the line.")


def not_blank(text: str | None) -> str | None:
    """For a field that, where it is given, must have words; null has none."""
    if not (text or "").strip():
        raise ValueError("a text that is not empty")
    return text


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); check the path.") from None
    except UnicodeDecodeError:
        raise UserError(f"{path}: not UTF-8; save the file as UTF-8.") from None
