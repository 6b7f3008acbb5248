"""Every answer can be looked into afterwards, and its question asked again."""

import json
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.__main__ import app
from assistant.answering.writing.providers import load_model
from assistant.chain import AnswerChain
from assistant.errors import UserError
from assistant.indexing.pipeline import build
from assistant.settings import load_settings
from assistant.storage import AnswerRecords, IndexReader
from assistant.storage.answer_records import FILE
from assistant.types import Embedder, Question, Turn
from tests.chat_servers import Scripted, scripted_server

ASKED = Question("When was the bridge opened?", (Turn("user", "Hello"),), as_of=date(2024, 1, 2))


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted_server() as running:
        running.parts = ("The bridge was opened in 1888 [1]. ", "It cost 7 crowns.")
        yield running


@pytest.fixture
def index(notes: Path, real_embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of three notes, where the commands look for it."""
    monkeypatch.chdir(notes.parent)
    monkeypatch.setenv("ASSISTANT_CORPUS", str(notes))
    build(notes, notes.parent / "index", embedder=real_embedder)
    return notes.parent / "index"


def chain_of(index: Path, embedder: Embedder, server: Scripted, most: int = 10) -> AnswerChain:
    model = load_model("openai:scripted", url=server.url, timeout=10)
    return AnswerChain(IndexReader(index), embedder, model=model, records=AnswerRecords(index, most=most))


def run(*words: str) -> str:
    done = CliRunner().invoke(app, ["replay", *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_written_answer_is_recorded_with_all_that_it_came_from(
    index: Path, real_embedder: Embedder, server: Scripted
) -> None:
    answer = chain_of(index, real_embedder, server).invoke(ASKED)
    assert answer.record
    record = AnswerRecords(index, most=10).find(answer.record)
    assert record.question == ASKED
    written, told = record.told["written"], record.told["answer"]
    assert written["reply"] == "".join(server.parts)
    assert written["prompt"] == server.requests[0]["messages"][-1]["content"]  # type: ignore[index]
    assert [check["outcome"] for check in written["checks"]] == ["supported", "unsupported"]
    assert written["model"] == "openai:scripted"
    assert len(written["prompt_hash"]) == 16
    assert told["generation"] == answer.generation
    assert told["passages"]
    assert {"retrieve", "read", "write"} <= told["timings"].keys()


def test_a_reply_that_was_of_no_use_is_recorded_too(
    index: Path, real_embedder: Embedder, server: Scripted
) -> None:
    server.parts = ("Seven Martians built it in 1999.",)
    answer = chain_of(index, real_embedder, server).invoke(ASKED)
    assert answer.mode == "quote"
    written = AnswerRecords(index, most=10).find(answer.record or "").told["written"]
    assert written["reply"] == "Seven Martians built it in 1999."


def test_the_command_shows_an_answer_and_asks_again(
    index: Path, real_embedder: Embedder, server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = chain_of(index, real_embedder, server).invoke(ASKED)
    assert answer.record
    assert answer.record in run()
    shown = run(answer.record[:6], "--no-again")
    for words in (
        ASKED.text,
        "From: The old bridge",
        "It cost 7 crowns.",
        "unsupported: It cost",
        "bridge.md",
    ):
        assert words in shown
    assert "Asked again" not in shown
    monkeypatch.setenv("ASSISTANT_MODEL", "openai:scripted")
    monkeypatch.setenv("ASSISTANT_MODEL_URL", server.url)
    assert "The same words, index and model." in run(answer.record)
    server.parts = ("The stone bridge was opened in 1888 [1].",)
    assert "Differs in the words." in run(answer.record)
    assert json.loads(run(answer.record, "--no-again", "--json"))["written"]["model"] == "openai:scripted"


def test_an_id_that_is_not_there_or_not_clear_is_told(tmp_path: Path) -> None:
    records = AnswerRecords(tmp_path, most=100)
    for id in ("nothing", ""):
        with pytest.raises(UserError, match="`assistant replay` lists"):
            records.find(id)
    ids = [records.add(ASKED, {}) or "" for _ in range(40)]
    shared = next(id[0] for id in ids if sum(other[0] == id[0] for other in ids) > 1)
    with pytest.raises(UserError, match="give more of it"):
        records.find(shared)


def test_only_the_latest_are_kept_and_readable_by_their_owner_alone(tmp_path: Path) -> None:
    records = AnswerRecords(tmp_path, most=3)
    for number in range(5):
        records.add(replace(ASKED, text=f"Question {number}?"), {"n": number})
    assert [record.question.text for record in records.latest(10)] == [
        "Question 4?",
        "Question 3?",
        "Question 2?",
    ]
    assert os.stat(tmp_path / FILE).st_mode & 0o077 == 0


def test_where_none_are_wanted_none_are_kept(index: Path) -> None:
    settings = load_settings(index=index, answers_kept=0)
    assert AnswerChain.from_settings(settings).invoke(ASKED).record is None
    assert not (index / FILE).exists()


def test_a_record_that_cannot_be_kept_loses_no_answer(
    index: Path, real_embedder: Embedder, server: Scripted
) -> None:
    (index / FILE).write_bytes(b"no database" * 100)
    answer = chain_of(index, real_embedder, server).invoke(ASKED)
    assert (answer.record, answer.state) == (None, "answered")
    with pytest.raises(UserError, match="safe to delete"):
        AnswerRecords(index, most=3).latest(1)


def test_lone_surrogates_and_any_other_text_can_be_recorded(tmp_path: Path) -> None:
    records = AnswerRecords(tmp_path, most=3)
    id = records.add(ASKED, {"reply": "\ud800 \x00 '; DROP TABLE answer; --"})
    assert id
    assert records.find(id).told["reply"].endswith("--")
    with sqlite3.connect(tmp_path / FILE) as database:
        assert database.execute("SELECT count(*) FROM answer").fetchone() == (1,)
