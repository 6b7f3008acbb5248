"""What the commands share: where they print, and which index they mean."""

import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape as escape_markup

from assistant.settings import Settings, load_settings

# The text of documents is shown as it is: no emoji codes in it, no colours.
out = Console(emoji=False, highlight=False)
err = Console(stderr=True, emoji=False, highlight=False)

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

Corpus = Annotated[Path | None, typer.Option(help="Folder of documents, or one file. [default: corpus]")]
Index = Annotated[Path | None, typer.Option(help="Folder of the index. [default: index]")]


def escape(text: str) -> str:
    """Neither markup nor a terminal's control sequences can come from a document."""
    return escape_markup(_CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text))


def print_json(value: Any, *, indent: int | None = None) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=indent) + "\n")
    sys.stdout.flush()


def settings_for(corpus: Path | None, index: Path | None, **options: Any) -> Settings:
    """A corpus other than the configured one gets an index of its own, unless --index says where."""
    if corpus and (corpus / "corpus.jsonl").is_file() and (corpus / "cases.jsonl").is_file():
        corpus = corpus / "corpus.jsonl"  # a data pack: its cases are not documents
    settings = load_settings(corpus=corpus, index=index, **options)
    usual = load_settings().corpus.resolve()
    if corpus is None or index is not None or corpus.resolve() == usual:
        return settings
    whole = settings.corpus.resolve()
    name = whole.parent.name if whole.name == "corpus.jsonl" else whole.stem
    label = f"{name}-{hashlib.sha256(str(whole).encode()).hexdigest()[:8]}"
    return settings.model_copy(update={"index": settings.index / "of" / label})
