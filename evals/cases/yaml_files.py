"""Case files in YAML: a list of mappings, each with the line that it begins on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from assistant.errors import UserError

SUFFIXES = (".yaml", ".yml")
TYPED = ("bool", "null", "merge")  # all else is text: an answer may be 1888, and an id 007


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Reads numbers and days as the words that they are written in."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - how PyYAML has it
        letter: [(tag, pattern) for tag, pattern in found if tag.rpartition(":")[2] in TYPED]
        for letter, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def read_yaml(path: Path, text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each mapping with its place ("FILE, line N"); UserError for what is not YAML, or not a list of mappings."""
    loader = _Loader(text)
    try:
        top = loader.get_single_node()
        items = [] if top is None else top.value
        if top is not None and not isinstance(top, yaml.SequenceNode):
            raise UserError(f"{path}: expected a list; begin each case with `- id: …`.")
        for item in items:
            place = f"{path}, line {item.start_mark.line + 1}"
            if not isinstance(item, yaml.MappingNode):
                raise UserError(f"{place}: expected fields like `id: …`; correct or remove the entry.")
            _check_keys(path, item)
            yield place, _numbered(loader.construct_object(item, deep=True))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}, line {mark.line + 1}" if mark else str(path)
        told = getattr(error, "problem", None) or "it cannot be read"
        raise UserError(f"{place}: not valid YAML ({told}); correct the line.") from None


def _check_keys(path: Path, item: yaml.MappingNode) -> None:
    """PyYAML keeps the last of two equal keys, and says nothing."""
    seen: set[str] = set()
    for key, _ in item.value:
        if key.value in seen:
            raise UserError(
                f"{path}, line {key.start_mark.line + 1}: the field {key.value!r} is given twice; keep one."
            )
        seen.add(key.value)


def _numbered(row: dict[str, Any]) -> dict[str, Any]:
    """The row with the starts of its evidence as numbers, the only ones that a case has."""
    for part in [row, *(turn for turn in row.get("turns") or () if isinstance(turn, dict))]:
        for item in part.get("evidence") or ():
            if isinstance(item, dict) and str(item.get("start", "")).isdecimal():
                item["start"] = int(item["start"])
    return row
