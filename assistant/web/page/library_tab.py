"""The Library tab: the list of documents, upload, and re-indexing with progress."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.chain import AnswerChain
from assistant.loading import FORMATS
from assistant.settings import Settings
from assistant.web.screen import library, upload_folder

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
ONE_FILE = (
    "The corpus is a single file, so nothing can be added to it. "
    "To add files here, start the assistant with `--corpus FOLDER`."
)
UPLOADING = (Path(__file__).parent / "upload.js").read_text("utf-8")

Refresh = tuple[Callable[..., Any], list[Any], list[Any]]


@dataclass(frozen=True)
class Shelf:
    """The parts of the tab."""

    find: gr.Textbox
    upload: gr.UploadButton
    folder: gr.UploadButton
    reindex: gr.Button
    remove: gr.Button  # shown where many documents would go
    saved: gr.HTML  # what an upload did
    report: gr.HTML  # what a build did
    failed: gr.HTML
    table: gr.HTML


def library_tab(chain: AnswerChain, settings: Settings, page: gr.Blocks, refresh: Refresh) -> None:
    """Build the tab; `refresh` brings the rest of the page up to date after a build."""
    shelf = _shelf(single=settings.corpus.is_file())

    def rows(words: str) -> tuple[str, str]:
        return library.failures(chain), library.table(chain, words)

    def build(progress: gr.Progress, *, may_remove: bool = False) -> tuple[str, Any]:
        progress(0, desc="Looking for changes…")
        report, confirm = library.update(
            chain, settings, lambda now: progress((now.done, now.total), desc=str(now)), may_remove=may_remove
        )
        return report, gr.update(visible=confirm)

    def bring(progress: gr.Progress = gr.Progress()) -> tuple[str, Any]:  # noqa: B008 - how Gradio hands it over
        return build(progress)

    def bring_and_remove(progress: gr.Progress = gr.Progress()) -> tuple[str, Any]:  # noqa: B008
        return build(progress, may_remove=True)

    def take_in(paths: list[str] | None) -> tuple[str, str]:
        return library.report(
            uploaded=library.take_in(paths or [], settings.corpus, uploads=upload_folder())
        ), ""

    listing: dict[str, Any] = {
        "fn": rows,
        "inputs": [shelf.find],
        "outputs": [shelf.failed, shelf.table],
        **QUIET,
    }
    page.load(**listing)
    shelf.find.change(**listing)
    pressed = shelf.reindex.click(lambda: "", None, [shelf.saved], **QUIET)
    allowed = shelf.remove.click(lambda: "", None, [shelf.saved], **QUIET)
    added = [
        button.upload(take_in, [button], [shelf.saved, shelf.report], **QUIET)
        for button in (shelf.upload, shelf.folder)
    ]
    running: dict[str, Any] = {"concurrency_limit": 1, "concurrency_id": "build", "api_visibility": "private"}
    outputs = [shelf.report, shelf.remove]
    for event, work in [*((event, bring) for event in (pressed, *added)), (allowed, bring_and_remove)]:
        built = event.then(work, None, outputs, show_progress_on=[shelf.report], **running)
        built.then(*refresh, **QUIET).then(**listing)


def html(value: str = "", *, elem_id: str, script: str | None = None, **props: Any) -> gr.HTML:
    """A component for our own HTML without Gradio's styles; `script` runs in it once, with the `props`."""
    return gr.HTML(value, elem_id=elem_id, apply_default_css=False, js_on_load=script, **props)


def _shelf(*, single: bool) -> Shelf:
    find: dict[str, Any] = {"label": "Find a document", "placeholder": "Find a document"}
    note = f"<p class='note'>{ONE_FILE}</p>" if single else ""
    # Gradio's own check of kinds would show the name of a refused file as HTML; `library.save` refuses in text.
    choosing = {"script": UPLOADING, "kinds": ",".join(FORMATS)}
    with gr.Column(elem_id="shelf"):
        with gr.Row(elem_id="shelf-tools"):
            wanted = gr.Textbox("", show_label=False, max_lines=1, elem_id="find", **find)
            adding: dict[str, Any] = {"interactive": not single, "size": "sm"}
            upload = gr.UploadButton("Add files", file_count="multiple", elem_id="upload", **adding)
            folder = gr.UploadButton(
                "Add a folder", file_count="directory", elem_id="upload-folder", **adding
            )
            reindex = gr.Button("Re-index", elem_id="reindex", size="sm")
        saved = html(note, elem_id="saved", **choosing)
        report = html(elem_id="report")
        remove = gr.Button("Remove them from the index", elem_id="remove", size="sm", visible=False)
        failed, table = (html(elem_id=name) for name in ("failed", "table"))
    return Shelf(wanted, upload, folder, reindex, remove, saved, report, failed, table)
