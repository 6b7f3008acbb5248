"""The page: its layout, and what happens on each click. Its HTML comes from `rendering`."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.chain import AnswerChain
from assistant.errors import UserError
from assistant.settings import Settings
from assistant.web.asking import (
    AT_ONCE,
    Conversations,
    ConversationStore,
    noted,
)
from assistant.web.page.ask_events import Asking
from assistant.web.page.evals_tab import evals_tab
from assistant.web.page.library_tab import QUIET, html, library_tab
from assistant.web.screen import library, rendering

HERE = Path(__file__).parent
EXAMPLES = ".examples"  # hidden file in the corpus folder, one question a line
MAX_EXAMPLES = 6
MAX_EVENTS = 200  # of the page at a time, including those that wait
MAX_SESSIONS = 100  # of Gradio's own in memory; the page works without one, see `_filters`
QUEUE_POLL = 0.02  # seconds between two looks at Gradio's queue; its own .001 keeps a core busy
SANS = ("ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif")
MONO = ("ui-monospace", "Menlo", "Consolas", "Liberation Mono", "monospace")

# What the browser does with the values of an event, see script.js: each names its tab in the last of them.
NAMED, ASKED, SENT = (
    f"(...values) => window.assistant.{name}(values)" for name in ("named", "asked", "sent")
)


def make_page(chain: AnswerChain, settings: Settings) -> gr.Blocks:
    """The whole page, to be mounted with `look()`."""
    page: gr.Blocks
    with gr.Blocks(title="Assistant", analytics_enabled=False, fill_width=True) as page:
        status = html(elem_id="status")
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab("Ask", id="ask"):
                refresh = _ask_tab(chain, settings, page, status)
            with gr.Tab("Library", id="library"):
                library_tab(chain, settings, page, refresh)
            with gr.Tab("Evals", id="evals") as evals:
                evals_tab(chain, settings, evals)
        page.load(*refresh, **QUIET)
    page.max_threads = MAX_EVENTS
    page.state_session_capacity = MAX_SESSIONS
    page.queue(default_concurrency_limit=AT_ONCE)
    page._queue.sleep_when_free = page._queue.progress_update_sleep_when_free = QUEUE_POLL
    return page


def look() -> dict[str, Any]:
    """Theme, style and script, for `gr.mount_gradio_app`; fonts of the system, nothing from other hosts."""
    theme = gr.themes.Base(primary_hue="teal", neutral_hue="stone", font=SANS, font_mono=MONO)
    return {"theme": theme, "css_paths": HERE / "style.css", "js": (HERE / "script.js").read_text("utf-8")}


def example_questions(corpus: Path) -> list[str]:
    """Questions suggested by whoever made the corpus."""
    path = corpus / EXAMPLES
    if not path.is_file():
        return []
    lines = [line.strip() for line in path.read_text("utf-8", errors="replace").splitlines()]
    return [line for line in lines if line and not line.startswith("#")][:MAX_EXAMPLES]


def describe(chain: AnswerChain, mode: str | None, *, sign_out: bool = False) -> rendering.Status:
    """What would answer a question now, for the status line."""
    try:
        manifest = chain.index.current().manifest
    except UserError as error:
        return rendering.Status(problem=str(error), sign_out=sign_out)
    used = mode or ("write" if chain.model else "quote")
    return rendering.Status(used, chain.model_name, manifest.documents, manifest.built_at, sign_out=sign_out)


def _ask_tab(
    chain: AnswerChain, settings: Settings, page: gr.Blocks, status: gr.HTML
) -> tuple[Callable[..., Any], list[Any], list[Any]]:
    """The chat and its events; returns what `status` and the filters have to be refreshed with."""
    tab = gr.Textbox(visible=False)  # filled in by the browser, see script.js
    with gr.Column(elem_id="workspace"):
        with gr.Column(elem_id="conversation"):
            script = (HERE / "thread.js").read_text("utf-8")
            thread = html(rendering.thread([]), elem_id="thread", script=script)
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
    note = partial(noted, chain, settings.evaluations)
    asking = Asking(Conversations(chain, ConversationStore(settings.index)), note)
    event: dict[str, Any] = {
        "outputs": [thread, panel, examples],
        "concurrency_limit": None,  # we keep the line ourselves, see `asking.line`
        "concurrency_id": "ask",
        "trigger_mode": "multiple",
        **QUIET,
    }
    limits = [mode, day, within, tab]
    box.submit(asking.asked, [box, *limits], js=SENT, **event)
    for button in suggested:
        button.click(asking.asked, [button, *limits], js=ASKED, **event)
    thread.click(asking.asked_again, [tab], js=NAMED, **event)
    clear.click(asking.cleared, [tab], js=NAMED, **event)
    page.load(asking.opened, [tab], js=NAMED, **event)
    refresh = _refresh(chain, settings)
    mode.change(refresh, [mode], [status, within], **QUIET)
    return refresh, [mode], [status, within]


def _refresh(chain: AnswerChain, settings: Settings) -> Callable[[str | None], tuple[str, Any]]:
    """The event that brings the status line and the filter of documents up to date."""
    sign_out = settings.password is not None or settings.password_file is not None

    def refresh(mode: str | None) -> tuple[str, Any]:
        shown = rendering.status(describe(chain, mode, sign_out=sign_out))
        return shown, gr.update(choices=library.choices(chain))

    return refresh


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        show_label=False,
        label="Your question",
        placeholder="Ask a question",
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
            value="",
            label="Published no later than",
            placeholder="2026-03-31",
            max_lines=1,
            scale=1,
            elem_id="as-of",
        )
        within = gr.Dropdown(
            [],
            multiselect=True,
            label="Only these documents or tags",
            scale=3,
            elem_id="within",
            value=[],
            allow_custom_value=True,  # Gradio knows the choices for as long as it keeps a session; the chain checks
        )
    return day, within
