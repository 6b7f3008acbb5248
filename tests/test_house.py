"""The rooms of the program: their sizes, and their doors."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parent.parent / "assistant"
MODULES = sorted(PROGRAM.rglob("*.py"))
# Rooms without a door: `text` and `types` are made of plain functions and classes that any room may use; `web` is left
# empty, so that `assistant password` need not load LangChain; each command of `cli` is a module.
OPEN = {"text", "types", "web", "cli"}
COMMANDS = {"ask", "evaluate", "index", "review"}  # typer reads the options of a command from its parameters


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(PROGRAM.parent).with_suffix("").parts).removesuffix(".__init__")


def room_of(module: str) -> str:
    """ "assistant.storage" of "assistant.storage.vectors", "assistant.web.doors" of "assistant.web.doors.gate"."""
    parts = module.split(".")
    depth = 3 if parts[1:2] == ["web"] and len(parts) > 3 else 2
    return ".".join(parts[:depth]) if len(parts) > depth else ""


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("assistant."):
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("assistant."))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return (node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_other_rooms_are_entered_by_their_doors(path: Path) -> None:
    own = name_of(path) + "."
    for module in imports(path):
        room = room_of(module)
        if room and room.rpartition(".")[2] not in OPEN and not own.startswith(room + "."):
            raise AssertionError(f"import {module} from {room} itself")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_file_is_read_in_one_sitting(path: Path) -> None:
    assert path.read_text("utf-8").count("\n") <= (30 if path.name == "__main__.py" else 250)
    for function in functions(path):
        first = min([function.lineno, *(line.lineno for line in function.decorator_list)])
        assert (function.end_lineno or first) - first < 45, function.name
        named = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        assert len([a for a in named if a.arg not in ("self", "cls")]) <= 6 or function.name in COMMANDS, (
            function.name
        )


def test_a_folder_is_seen_at_a_glance() -> None:
    for folder in {path.parent for path in MODULES}:
        assert len(list(folder.glob("[!_]*.py"))) <= 12, folder.name
