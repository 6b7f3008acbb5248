"""`assistant chat` and `assistant password`: the page."""

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.building import build_index
from assistant.cli.console import Corpus, Index, err, escape, out, settings_for
from assistant.errors import UserError


def chat(
    corpus: Corpus = None,
    index: Index = None,
    host: Annotated[str | None, typer.Option(help="Address to serve at. [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Port to serve at. [default: 7860]")] = None,
) -> None:
    """Bring the index up to date and serve the chat page in the browser."""
    settings = settings_for(corpus, index, host=host, port=port)
    from assistant.storage import current_name
    from assistant.web.service import check_address, serve

    check_address(settings)
    try:
        build_index(settings)
    except UserError as error:
        if current_name(settings.index) is None:
            raise
        err.print(f"[yellow]The index is served as it is:[/] {escape(str(error))}", soft_wrap=True)
    serve(settings)


def password(
    file: Annotated[Path, typer.Argument(help="File to write; keep it outside the corpus.")],
) -> None:
    """Ask for a password for the page, and write its hash to a file for the setting password_file."""
    from assistant.web.doors import hashed

    digest = hashed(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(f"{digest}\n")
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror}.") from error
    out.print(f"Written. Set ASSISTANT_PASSWORD_FILE={escape(shlex.quote(str(file)))}.", soft_wrap=True)
