"""`python -m evals NAME [options]`: every benchmark, and what makes the reader; without a NAME, a list of them."""

import argparse
import ast
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from assistant.errors import UserError

FOLDERS = {
    "benchmarks": (
        "asking",
        "attribution",
        "checking",
        "compare_chunking",
        "finding",
        "gate_power",
        "history",
        "load",
        "loading",
        "packs",
        "reading",
        "reindexing",
        "reindexing_recall",
        "speed",
        "sweep_retrieval",
    ),
    "training": (
        "export_encoder",
        "export_reader",
        "fit_checker",
        "fit_reader",
        "train_checker",
        "train_reader",
    ),
}
MODULES = {name: f"{folder}.{name}" for folder, names in FOLDERS.items() for name in names}
MODULES["packs"] = "benchmarks.packs.every"
MODULES["checking"] = "benchmarks.checking.measure"


def main(arguments: Sequence[str]) -> int:
    """Runs what is named, and nothing else is imported; gives the exit status."""
    errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    if not arguments or arguments[0] in ("-h", "--help"):
        Console(highlight=False, markup=False).print(listing())
        return 0
    name, *rest = arguments
    if name not in MODULES:
        errors.print(f"Error: There is no {name!r}; `python -m evals` lists what there is.")
        return 2
    # Two cores: spinning threads slow each other down. Set before a library reads it.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        run(name, rest)
    except UserError as error:
        errors.print(f"Error: {error}")
        return 1
    except ModuleNotFoundError as error:
        if (error.name or "").startswith(("assistant", "evals")):
            raise
        errors.print(f"Error: {error.name} is missing; run `pip install '.[evals]'` in the project's folder.")
        return 1
    return 0


def run(name: str, arguments: Sequence[str]) -> None:
    module = importlib.import_module(f"evals.{MODULES[name]}")
    summary = (module.__doc__ or "").split("\n")[0]
    parser = argparse.ArgumentParser(prog=f"python -m evals {name}", description=summary)
    module.add_options(parser)
    module.main(parser.parse_args(arguments))


def listing() -> Table:
    title = Text("python -m evals NAME [options]; NAME --help tells the options\n")
    table = Table("name", "what it does", box=None, show_header=False, title=title, title_justify="left")
    for name in MODULES:
        table.add_row(name, _summary(name))
    return table


def _summary(name: str) -> str:
    """The first line of the module's docstring, without an import of what the module needs."""
    path = (Path(__file__).parent / MODULES[name].replace(".", "/")).with_suffix(".py")
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n")[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
