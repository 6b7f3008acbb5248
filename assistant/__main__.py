"""The commands: chat, ask, index, eval, doctor. Each imports what it needs, when it is called."""

import hashlib
import json
import os
import re
import shlex
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.markup import escape as escape_markup

from assistant.errors import UserError
from assistant.settings import Settings, load_settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Answers questions over your documents; every sentence can be checked against the words it cites.",
)
# What documents say is shown as it stands: no emoji codes, no colours of its own.
out = Console(emoji=False, highlight=False)
err = Console(stderr=True, emoji=False, highlight=False)

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

Corpus = Annotated[Path | None, typer.Option(help="Folder of documents, or one file. [default: corpus]")]
Index = Annotated[Path | None, typer.Option(help="Folder that the index is kept in. [default: index]")]


def escape(text: str) -> str:
    """Neither markup nor a terminal's control sequences can come from a document."""
    return escape_markup(_CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text))


@app.command()
def chat(
    corpus: Corpus = None,
    index: Index = None,
    host: Annotated[str | None, typer.Option(help="Address to serve at. [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Port to serve at. [default: 7860]")] = None,
) -> None:
    """Bring the index up to date and serve the chat page in the browser."""
    settings = _settings(corpus, index, host=host, port=port)
    from assistant.generations import current_name
    from assistant.service import check_address, serve

    check_address(settings)
    try:
        _build(settings)
    except UserError as error:
        if current_name(settings.index) is None:
            raise
        err.print(f"[yellow]The index is served as it is:[/] {escape(str(error))}", soft_wrap=True)
    serve(settings)


@app.command()
def password(
    file: Annotated[Path, typer.Argument(help="File to write; keep it outside the corpus.")],
) -> None:
    """Ask for a password of the page, and write its hash into a file for the setting password_file."""
    from assistant.web.passwords import hashed

    chosen = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    made = hashed(chosen)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(f"{made}\n")
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror}.") from error
    out.print(f"Written. Set ASSISTANT_PASSWORD_FILE={escape(shlex.quote(str(file)))}.", soft_wrap=True)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    corpus: Corpus = None,
    index: Index = None,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Use nothing published later.")
    ] = None,
    within: Annotated[
        list[str] | None,
        typer.Option(help="Only this document, by id or title, or those with this tag; repeatable."),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(help="Leave out what was made of the question, by the key told with it; repeatable."),
    ] = None,
    mode: Annotated[
        Literal["quote", "write"] | None,
        typer.Option(help="Quote sentences, or let the chat model write."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")] = False,
) -> None:
    """Answer one question in the terminal, with numbered sources."""
    settings = _settings(corpus, index)
    from assistant.answering import Answerer
    from assistant.generations import current_name
    from assistant.questions import understand
    from assistant.types import Question

    day = as_of.date() if as_of else None
    limits = tuple(within) if within else None
    taken = frozenset(without or ())
    asked = Question(question, within=limits, as_of=day, mode=mode, without=taken)
    understand(asked)  # what is wrong with the question is told before anything is built
    answerer = Answerer.from_settings(settings)
    if corpus or current_name(settings.index) is None:
        _build(settings)
    if taken:
        whole = understand(replace(asked, without=frozenset()), names=answerer.reader.current().names)
        _check_keys(taken, [hint.key for hint in whole.hints])
    answer = answerer.answer(asked)
    places = _places(answerer, answer)
    if as_json:
        told = answer.to_json()
        for citation in (c for statement in told["statements"] for c in statement["citations"]):
            citation["place"] = places.get((citation["document"], citation["start"]))
        _print_json(told, indent=2)
    else:
        _print_answer(answer, places)


def _places(answerer: Any, answer: Any) -> dict[tuple[str, int], str]:
    """ "page 3", by document and offset of what is cited; nothing where the format has no such places."""
    from assistant.screen.cards import place_of

    generation = answerer.reader.current()
    if generation.name != answer.generation:
        return {}
    ids = {citation.document for citation in answer.citations} & generation.numbers.keys()
    cited = {id: generation.catalog.document(id) for id in ids}
    found = [(c, cited[c.document]) for c in answer.citations if c.document in cited]
    return {
        (document.id, c.start): place_of(c.start, document.unit, document.pages)
        for c, document in found
        if document.pages
    }


def _check_keys(taken: frozenset[str], known: list[str]) -> None:
    unknown = sorted(taken - set(known))
    if unknown:
        keys = ", ".join(known) or "none"
        raise UserError(
            f"Nothing called {unknown[0]!r} was made of the question. What was made of it: {keys}."
        )


@app.command()
def index(
    corpus: Corpus = None,
    index: Index = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Read every document again.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Remove as many documents as are gone, without being asked.")
    ] = False,
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Serve what was built before; the next build goes on from it.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on: whenever files have changed, and rest, index them.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a report of the run as JSON.")] = False,
) -> None:
    """Build the index, or bring it up to date: only what changed is read and embedded.

    Reads Markdown, HTML, PDF, Word (.docx), PowerPoint (.pptx), Excel (.xlsx), CSV, TSV, EPUB,
    e-mail (.eml, .mbox), plain text and JSON Lines files, and ZIP archives of them. A metadata.csv in the
    folder (columns: path, title, publisher, author, published, url, tags) overrides what the files say.
    Passwords of PDFs are read from the text file that the setting pdf_passwords names; with the
    setting ocr the words of scanned PDFs are recognised. Stopped at any moment, it leaves the index as
    it was; the next run goes on from what was embedded.
    """
    settings = _settings(corpus, index)
    if rollback and (dry_run or watch or rebuild or as_json):
        raise UserError(
            "--rollback only serves what was built before: leave out --dry-run, --watch, --rebuild and --json."
        )
    if rollback:
        _roll_back(settings.index)
        return
    if watch and dry_run:
        raise UserError(
            "--watch indexes what has changed, and --dry-run does nothing: leave one of them out."
        )
    report = _build(
        settings, rebuild=rebuild, dry_run=dry_run, may_remove=yes, verbose=not as_json, as_json=as_json
    )
    if as_json:
        _print_json(report.to_json(), indent=None if watch else 2)
    elif dry_run:
        _print_changes(report)
    if watch:
        _watch(settings, known=report.failures, as_json=as_json)


def _watch(settings: Settings, *, known: Mapping[str, str], as_json: bool) -> None:
    """Until it is stopped: a report of each build that changed something; an error is told, and it goes on."""
    from assistant.watching import changes

    err.print(f"Watching {escape(str(settings.corpus))}; Ctrl-C ends it.", soft_wrap=True)
    try:
        for _ in changes(settings.corpus, leave_out=settings.index):
            try:
                report = _build(settings, as_json=as_json, known=known)
            except UserError as error:
                err.print(f"[red]Error:[/] {escape(str(error))}", soft_wrap=True)
                continue
            known = report.failures
            if as_json and report.built:
                _print_json(report.to_json())
    except KeyboardInterrupt:
        err.print("No longer watching.")


def _print_json(value: Any, *, indent: int | None = None) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=indent) + "\n")
    sys.stdout.flush()


def _roll_back(index: Path) -> None:
    from assistant.generations import roll_back

    manifest = roll_back(index)
    err.print(
        f"The index of {manifest.built_at} is served again: {manifest.documents} documents. "
        "The next `assistant index` goes on from it."
    )


def _print_changes(report: Any) -> None:
    changes = report.changes
    for what, ids in (
        ("add", changes.added),
        ("change the text of", changes.rewritten),
        ("change title, date or the like of", changes.relabelled),
        ("remove", changes.removed),
    ):
        for id in ids:
            out.print(f"would {what} {escape(id)}", soft_wrap=True)
    for new, old in changes.renamed.items():
        out.print(f"would rename {escape(old)} to {escape(new)}", soft_wrap=True)


@app.command("eval")
def evaluate(
    cases: Annotated[list[Path], typer.Argument(help="Case files (.jsonl).")],
    corpus: Annotated[
        Path | None,
        typer.Option(help="Documents asked about. [default: corpus.jsonl beside the cases, else corpus]"),
    ] = None,
    index: Annotated[
        Path | None, typer.Option(help="Folder of their index. [default: made from the corpus]")
    ] = None,
    predictions: Annotated[Path | None, typer.Option(help="Write the answers here, one JSON a line.")] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write report.html and metrics.json to this folder.")
    ] = None,
    versus: Annotated[Path | None, typer.Option("--vs", help="Earlier predictions to compare with.")] = None,
) -> None:
    """Answer a set of cases with the chain that the page uses, and measure how well."""
    from assistant.chain import make_chain
    from evals import command

    command.gather(cases)  # a broken case file is told before anything is built
    beside = cases[0].parent / "corpus.jsonl"
    settings = _settings(corpus or (beside if beside.exists() else None), index)
    _build(settings)
    chain = make_chain(settings)
    texts = {document.id: document.text for document in chain.reader.current().catalog.documents()}
    command.evaluate(
        cases,
        texts=texts,
        answer=chain.invoke,
        predictions=predictions,
        report=report,
        vs=versus,
        console=out,
    )


def _settings(corpus: Path | None, index: Path | None, **given: Any) -> Settings:
    """A corpus other than the configured one gets an index of its own, unless --index says where."""
    if corpus and (corpus / "corpus.jsonl").is_file() and (corpus / "cases.jsonl").is_file():
        corpus = corpus / "corpus.jsonl"  # a data pack: its cases are no documents
    settings = load_settings(corpus=corpus, index=index, **given)
    usual = load_settings().corpus.resolve()
    if corpus is None or index is not None or corpus.resolve() == usual:
        return settings
    whole = settings.corpus.resolve()
    name = whole.parent.name if whole.name == "corpus.jsonl" else whole.stem
    label = f"{name}-{hashlib.sha256(str(whole).encode()).hexdigest()[:8]}"
    return settings.model_copy(update={"index": settings.index / "of" / label})


@app.command()
def doctor(
    corpus: Corpus = None,
    index: Index = None,
    documents: Annotated[bool, typer.Option("--documents", help="List the documents in the index.")] = False,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Build the index again from its own record, without the documents."),
    ] = False,
) -> None:
    """Say whether the index is whole and fits the documents and the model."""
    settings = _settings(corpus, index)
    from assistant.doctor import examine
    from assistant.embedding import load_embedder
    from assistant.generations import Reader

    if documents:
        for row in Reader(settings.index).current().catalog.summaries():
            out.print(
                f"{row.source.published or '          '}  {escape(row.source.document)}  {escape(row.source.title)}"
            )
        return
    embedder = load_embedder(settings.embedding_model)
    if repair:
        from assistant.indexing import repair as mend

        with _progress_bar() as on_progress:
            made = mend(
                settings.index, embedder=embedder, chroma_url=settings.chroma_url, on_progress=on_progress
            )
        err.print(f"Repaired: {made.documents} documents, {made.chunks} passages.")
    findings = list(
        examine(
            settings.corpus,
            settings.index,
            embedder=embedder,
            chroma_url=settings.chroma_url,
            options=_load_options(settings),
        )
    )
    for finding in findings:
        well = "[yellow]look[/]" if finding.of_file else "[green]ok  [/]"
        mark = well if finding.ok else "[red]FAIL[/]"
        out.print(f"{mark} {escape(finding.what)} {escape(finding.remedy)}", soft_wrap=True)
    out.print(
        f"     Answers: {escape(settings.model) + ', checked' if settings.model else 'quoted, no chat model'}."
    )
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def _build(
    settings: Settings,
    *,
    verbose: bool = False,
    as_json: bool = False,
    may_remove: bool = False,
    known: Mapping[str, str] | None = None,
    **how: Any,
) -> Any:
    """The report of a build; where many documents would go, a user at a terminal is asked.

    `known`: files to look at that were told before, with the reasons.
    """
    from assistant.embedding import load_embedder
    from assistant.indexing import build
    from assistant.planning import RemovesMuch

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # to be stopped like by Ctrl-C
    try:
        with _progress_bar() if not as_json else nullcontext(_progress_lines()) as on_progress:
            report = build(
                settings.corpus,
                settings.index,
                embedder=load_embedder(settings.embedding_model),
                chroma_url=settings.chroma_url,
                may_remove=may_remove,
                options=_load_options(settings),
                cache_mb=settings.vector_cache_mb,
                on_progress=on_progress,
                **how,
            )
    except RemovesMuch as error:
        if not (verbose and sys.stdin.isatty()):
            raise
        err.print(escape(error.what), soft_wrap=True)
        typer.confirm("Remove them from the index?", abort=True)
        return _build(settings, verbose=verbose, as_json=as_json, may_remove=True, **how)
    except KeyboardInterrupt:
        err.print("Stopped. The index is as it was; the next run goes on from what was embedded.")
        raise
    if (report.built or verbose) and not as_json:
        err.print(escape(report.summary), soft_wrap=True)
        for remark in report.remarks if report.built else ():
            err.print(escape(remark), soft_wrap=True)
        for path, reason in report.failures.items():
            if known and known.get(path) == reason:
                continue
            err.print(f"[yellow]to look at:[/] {escape(path)}: {escape(reason)}", soft_wrap=True)
    return report


def _load_options(settings: Settings) -> Any:
    from assistant.loading import LoadOptions, read_passwords

    return LoadOptions(read_passwords(settings.pdf_passwords), settings.ocr, settings.file_timeout)


@contextmanager
def _progress_bar() -> Iterator[Any]:
    """A callback for the steps of a build: a bar for each, on standard error."""
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bars

    with Bars(BarColumn(), TextColumn("{task.description}"), console=err, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def on_progress(progress: Any) -> None:
            if progress.step not in tasks:
                tasks[progress.step] = bars.add_task("", total=progress.total)
            bars.update(
                tasks[progress.step],
                description=escape(str(progress)),
                completed=progress.done,
                total=progress.total,
            )

        yield on_progress


def _progress_lines() -> Any:
    """A callback for the steps of a build: a line of JSON a second at most, on standard error."""
    told: dict[str, float] = {}

    def on_progress(progress: Any) -> None:
        now = time.monotonic()
        if progress.done == progress.total or now - told.get(progress.step, 0) > 1:
            told[progress.step] = now
            sys.stderr.write(json.dumps(progress.to_json(), ensure_ascii=False) + "\n")

    return on_progress


def _print_answer(answer: Any, places: dict[tuple[str, int], str]) -> None:
    from assistant.copies import printed_by

    for hint in filter(lambda hint: hint.applied, answer.hints):
        out.print(f"[dim]{escape(hint.note)} (--without {escape(shlex.quote(hint.key))})[/]", soft_wrap=True)
    for note in answer.notes:
        out.print(f"[dim]{escape(note)}[/]", soft_wrap=True)
    if answer.abstained:
        out.print(escape(answer.text), soft_wrap=True)
        return
    heading = ""
    for statement in answer.statements:
        if statement.heading != heading:
            heading = statement.heading
            out.print(f"[bold underline]{escape(heading)}[/]", soft_wrap=True)
        markers = "".join(f"[{marker}]" for marker in dict.fromkeys(c.marker for c in statement.citations))
        lead = f"[dim]{escape(statement.lead)}:[/] " if statement.lead else ""
        text = "".join(f"[bold]{escape(t)}[/]" if bold else escape(t) for t, bold in statement.pieces)
        out.print(f"{lead}{text} [bold cyan]{escape(markers)}[/]", soft_wrap=True)
        for reason in statement.reasons:
            out.print(f"  [red]not supported:[/] {escape(reason)}", soft_wrap=True)
    out.print()
    for marker, source in dict.fromkeys((c.marker, c.source) for c in answer.citations):
        starts = sorted(c.start for c in answer.citations if c.source == source and c.marker == marker)
        where = dict.fromkeys(places.get((source.document, start)) for start in starts)
        known = (source.title, source.publisher, source.published, *where)
        told = ", ".join(str(part) for part in known if part)
        out.print(
            f"[bold cyan]{escape(f'[{marker}]')}[/] {escape(told)}  [dim]{escape(source.document)}[/]",
            soft_wrap=True,
        )
        if source.url:
            out.print(f"    [dim]{escape(source.url)}[/]", soft_wrap=True)
        for name in dict.fromkeys(c.relayed for c in answer.citations if c.source == source and c.relayed):
            out.print(f"    [dim]reported by {escape(name)}, relayed here[/]", soft_wrap=True)
        quotes = [citation.quote for citation in answer.citations if citation.source == source]
        for copy in printed_by(quotes, [p for p in answer.passages if p.source == source]):
            out.print(f"    [dim]printed by {escape(copy.document)} too[/]", soft_wrap=True)


def main() -> None:
    """Run a command; what is wrong is told in one sentence, without a traceback."""
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


if __name__ == "__main__":
    main()
