"""Files of one JSON object a line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.errors import UserError

Object = dict[str, Any]


def read_objects(path: Path) -> Iterator[tuple[str, Object]]:
    """Each object with its place ("FILE, line N"); UserError for what is not UTF-8 or not a JSON object."""
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


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); check the path.") from None
    except UnicodeDecodeError:
        raise UserError(f"{path}: not UTF-8; save the file as UTF-8.") from None


class Fields:
    """Typed access to the fields of one object; every complaint names the place and the field.

    A field that is absent or null gives the default; a default of `...` makes it required.
    """

    def __init__(self, place: str, row: Object):
        self.place = place
        self.row = row

    def wrong(self, name: str, wanted: str) -> UserError:
        return UserError(f"{self.place}: {name!r} must be {wanted}; correct the line.")

    def text(self, name: str) -> str:
        """A required string that is not blank."""
        value = self.row.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(name, "a text that is not empty")
        return value

    def optional_text(self, name: str) -> str | None:
        value = self.row.get(name)
        if value is not None and not isinstance(value, str):
            raise self.wrong(name, "a text")
        return value

    def truth(self, name: str, default: bool | None = None) -> bool:  # noqa: FBT001 - a JSON true or false
        value = self.row.get(name, default)
        if not isinstance(value, bool):
            raise self.wrong(name, "true or false")
        return value

    def offset(self, name: str) -> int | None:
        """A count of characters, from 0."""
        value = self.row.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            raise self.wrong(name, "a whole number from 0")
        return value

    def number(self, name: str) -> float | None:
        value = self.row.get(name)
        if value is not None and (not isinstance(value, int | float) or isinstance(value, bool)):
            raise self.wrong(name, "a number")
        return value

    def texts(self, name: str) -> tuple[str, ...] | None:
        """A list of strings; None where the field is absent, which differs from an empty list."""
        values = self.row.get(name)
        if values is None:
            return None
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self.wrong(name, "a list of texts")
        return tuple(values)

    def objects(self, name: str) -> tuple["Fields", ...] | None:
        """A list of objects; None where the field is absent."""
        values = self.row.get(name)
        if values is None:
            return None
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise self.wrong(name, "a list of objects")
        return tuple(Fields(f"{self.place}, {name}", value) for value in values)
