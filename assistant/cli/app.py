"""The program: its commands, and how an error is reported."""

import os
import sys

import typer

from assistant.cli.ask import ask
from assistant.cli.chat import chat, password
from assistant.cli.console import err, escape
from assistant.cli.doctor import doctor
from assistant.cli.evaluate import evals
from assistant.cli.index import index
from assistant.cli.replay import replay
from assistant.errors import UserError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Answers questions over your documents; every sentence can be checked against the words it cites.",
)
for command in (chat, password, ask, replay, index, doctor):
    app.command()(command)
app.add_typer(evals, name="eval")


def main() -> None:
    """Run a command; an error is reported in one sentence, without a traceback."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # two cores: spinning threads slow each other down
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    for stream in ("stdout", "stderr"):  # None where it was closed before the start
        if getattr(sys, stream) is None:
            setattr(sys, stream, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
    try:
        app()
    except UserError as error:
        err.print(f"[red]Error:[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(1)
    except Exception as error:
        if os.environ.get("ASSISTANT_DEBUG"):
            raise
        err.print(
            f"[red]Error:[/] Something failed that should not have ({escape(type(error).__name__)}: "
            f"{escape(str(error))}). Set ASSISTANT_DEBUG=1 to see where, and please report it.",
            soft_wrap=True,
        )
        sys.exit(1)
