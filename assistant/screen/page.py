"""The page put together: what stands where, and what happens on each click. HTML comes from `rendering`."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.chain import AnswerChain
from assistant.errors import UserError
from assistant.screen import library, rendering
from assistant.screen.conversation import Exchange, again, ask, history, parse_day
from assistant.screen.library_tab import html, library_tab
from assistant.settings import Settings
from assistant.types import Question

HERE = Path(__file__).parent
EXAMPLES = ".examples"  # hidden file in the corpus folder, one question a line
MOST_EXAMPLES = 6
AT_ONCE = 4  # questions answered at the same time; more only wait for the same cores
SANS = ("ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif")
MONO = ("ui-monospace", "Menlo", "Consolas", "Liberation Mono", "monospace")

Ask = Callable[..., Iterator[tuple[Any, ...]]]


def make_page(chain: AnswerChain, settings: Settings) -> gr.Blocks:
    """The whole page, to be mounted with `look()`."""
    page: gr.Blocks
    with gr.Blocks(title="Assistant", analytics_enabled=False, fill_width=True) as page:
        status = html(elem_id="status")
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab("Ask", id="ask"):
                refresh = _ask_tab(chain, settings, status)
            with gr.Tab("Library", id="library"):
                library_tab(chain, settings, page, refresh)
        page.load(*refresh, show_progress="hidden", api_visibility="private")
    page.queue(default_concurrency_limit=AT_ONCE)
    return page


def look() -> dict[str, Any]:
    """Theme, style and script, for `gr.mount_gradio_app`; fonts of the system, nothing from other hosts."""
    theme = gr.themes.Base(primary_hue="teal", neutral_hue="stone", font=SANS, font_mono=MONO)
    return {"theme": theme, "css_paths": HERE / "style.css", "js": (HERE / "script.js").read_text("utf-8")}


def example_questions(corpus: Path) -> list[str]:
    """Questions that whoever made the corpus suggests."""
    path = corpus / EXAMPLES
    if not path.is_file():
        return []
    lines = [line.strip() for line in path.read_text("utf-8", errors="replace").splitlines()]
    return [line for line in lines if line and not line.startswith("#")][:MOST_EXAMPLES]


def describe(chain: AnswerChain, mode: str | None) -> rendering.Status:
    """What would answer a question now."""
    try:
        manifest = chain.reader.current().manifest
    except UserError as error:
        return rendering.Status(problem=str(error))
    used = mode or ("write" if chain.model else "quote")
    return rendering.Status(used, chain.model_name, manifest.documents, manifest.built_at)


def answering(chain: AnswerChain) -> Ask:
    """What happens when a question is sent: thread, panel, conversation, input, examples, as they change."""

    def respond(
        text: str, exchanges: list[Exchange], mode: str | None, day: str, within: list[str]
    ) -> Iterator[tuple[Any, ...]]:
        before = [exchange for exchange in exchanges if exchange.question.strip()]
        yield _shown([*before, Exchange(text)], clear=True)
        for exchange in _answers(chain, text, before, mode, day, within):
            yield _shown([*before, exchange], clear=not exchange.error)

    return respond


def _answers(
    chain: AnswerChain, text: str, before: list[Exchange], mode: str | None, day: str, within: list[str]
) -> Iterator[Exchange]:
    try:
        as_of = parse_day(day or "")
    except UserError as error:
        yield Exchange(text, error=str(error))
        return
    chosen = mode if mode in ("quote", "write") else None
    limit = tuple(within) if within else None
    yield from ask(chain, Question(text, history(before), limit, as_of, chosen))  # type: ignore[arg-type]


def asking_again(chain: AnswerChain) -> Ask:
    """What happens when something made of a question is taken away or put back: its answer is replaced."""

    def respond(exchanges: list[Exchange], event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        sent = event._data if isinstance(event._data, dict) else {}
        number, key = sent.get("turn"), sent.get("key")
        question = again(exchanges, number, key) if type(number) is int and isinstance(key, str) else None
        if question is None or not isinstance(number, int):
            return
        growing = itertools.chain([Exchange(question.text, asked=question)], ask(chain, question))
        for exchange in growing:
            yield _shown([*exchanges[:number], exchange, *exchanges[number + 1 :]], clear=True)[:3]

    return respond


def _shown(exchanges: list[Exchange], *, clear: bool) -> tuple[Any, ...]:
    """Outputs of `respond`; after an error the question is put back, to be mended."""
    last = exchanges[-1]
    box = gr.update(value="") if clear else gr.update(value=last.question)
    examples = gr.update(visible=False)
    return rendering.thread(exchanges), rendering.panel(exchanges), exchanges, box, examples


def _ask_tab(
    chain: AnswerChain, settings: Settings, status: gr.HTML
) -> tuple[Callable[..., Any], list[Any], list[Any]]:
    """The chat and its events; returns what `status` and the filters have to be refreshed with."""
    exchanges = gr.State([])
    with gr.Column(elem_id="workspace"):
        with gr.Column(elem_id="conversation"):
            thread = html(
                rendering.thread([]), elem_id="thread", script=(HERE / "thread.js").read_text("utf-8")
            )
            with gr.Column(elem_id="examples", visible=True) as examples:
                suggested = [
                    gr.Button(text, elem_classes="example") for text in example_questions(settings.corpus)
                ]
        panel = html(rendering.panel([]), elem_id="panel")
        with gr.Column(elem_id="composer"):
            box = _question_box()
            with gr.Row(elem_id="below"):
                mode = _mode_switch(chain)
                with gr.Accordion("Limit the search", open=False, elem_id="limits"):
                    day, within = _filters()
                clear = gr.Button("New conversation", elem_id="new", size="sm")
    outputs = [thread, panel, exchanges, box, examples]
    private: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    asked: dict[str, Any] = {"outputs": outputs, "concurrency_id": "ask", "trigger_mode": "once", **private}
    respond = answering(chain)
    rest = [exchanges, mode, day, within]
    running: list[Any] = [box.submit(respond, [box, *rest], **asked)]
    running += [button.click(respond, [button, *rest], **asked) for button in suggested]
    running.append(thread.click(asking_again(chain), [exchanges], **(asked | {"outputs": outputs[:3]})))
    clear.click(_empty, None, outputs, cancels=running, **private)

    def refresh(chosen: str | None) -> tuple[str, Any]:
        return rendering.status(describe(chain, chosen)), gr.update(choices=library.choices(chain))

    mode.change(refresh, [mode], [status, within], **private)
    return refresh, [mode], [status, within]


def _empty() -> tuple[Any, ...]:
    return rendering.thread([]), rendering.panel([]), [], gr.update(value=""), gr.update(visible=True)


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        show_label=False,
        label="Your question",
        placeholder="Ask the documents",
        lines=1,
        max_lines=6,
        submit_btn=True,
        autofocus=True,
        elem_id="question",
    )


def _mode_switch(chain: AnswerChain) -> gr.Radio:
    """Shown only where there is a choice."""
    return gr.Radio(
        [("Write", "write"), ("Quote", "quote")],
        value="write" if chain.model else "quote",
        show_label=False,
        label="How to answer",
        container=False,
        visible=chain.model is not None,
        elem_id="mode",
    )


def _filters() -> tuple[gr.Textbox, gr.Dropdown]:
    with gr.Row():
        day = gr.Textbox(
            value="", label="Published up to", placeholder="2026-03-31", max_lines=1, scale=1, elem_id="as-of"
        )
        within = gr.Dropdown(
            [], multiselect=True, label="Only these documents", scale=3, elem_id="within", value=[]
        )
    return day, within
