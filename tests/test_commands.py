"""The commands as a user types them, in processes of their own."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chat_servers import free_port
from tests.conftest import CORPUS

COMMANDS = ("chat", "ask", "index", "eval", "doctor")


def assistant(*arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "assistant", *map(str, arguments)]
    path = {"PYTHONPATH": str(CORPUS.parent), "COLUMNS": "200"}
    return subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, **path, **environment},
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with a few documents and their index, made by the command itself."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "corpus").mkdir()
    for name in ("2023-02-21-beijing-quiet-backing.md", "2023-02-22-star-quiet-backing.html"):
        (folder / "corpus" / name).write_bytes((CORPUS / "2023" / name).read_bytes())
    (folder / "corpus" / "wire.jsonl").write_bytes((CORPUS / "2025-newswire.jsonl").read_bytes())
    done = assistant("index", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "8 documents" in done.stderr
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, tmp_path: Path) -> None:
    done = assistant(command, "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_a_question_is_answered_with_numbered_sources(home: Path) -> None:
    done = assistant("ask", "Who said Hong Kong may go its own way?", cwd=home)
    assert done.returncode == 0, done.stderr
    assert "Nick Chan" in done.stdout
    assert "[1] Beijing" in done.stdout


def test_another_document_that_prints_what_is_cited_is_told(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    told = (
        "The ferry to Linden carries 40 passengers and leaves the old harbour at noon every day of the year."
    )
    for name in ("post", "gazette"):
        (tmp_path / "corpus" / f"{name}.txt").write_text(f"Title: {name}\n\n{told}\n")
    done = assistant("ask", "How many passengers does the ferry to Linden carry?", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(told) == 1
    assert "printed by" in done.stdout


def test_the_row_of_a_table_is_named_with_its_source(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "species.csv").write_text("Bird,Nests counted\nAvocet,240\nBittern,9\n")
    asked = "How many nests of the bittern were counted?"
    done = assistant("ask", asked, "--within", "species.csv", cwd=tmp_path)
    assert "[1] species, row 3  species.csv" in done.stdout, done.stderr + done.stdout
    answer = json.loads(assistant("ask", asked, "--json", cwd=tmp_path).stdout)
    places = {citation["place"] for s in answer["statements"] for citation in s["citations"]}
    assert places == {"row 3"}


def test_a_question_loads_none_of_the_heavy_libraries(home: Path) -> None:
    heavy = {"torch", "transformers", "sentence_transformers", "gradio", "scipy", "sklearn", "pandas", "onnx"}
    program = (
        "import sys; from assistant.__main__ import app; "
        "app(['ask', 'Who said Hong Kong may go its own way?'], standalone_mode=False); "
        f"print('loaded', sorted({heavy} & sys.modules.keys()))"
    )
    path = {**os.environ, "PYTHONPATH": str(CORPUS.parent)}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=300, env=path)
    assert "Nick Chan" in done.stdout, done.stderr
    assert done.stdout.splitlines()[-1] == "loaded []"


def test_json_has_every_field_and_its_quotes_are_the_documents_words(home: Path) -> None:
    done = assistant("ask", "Who said Hong Kong may go its own way?", "--json", cwd=home)
    answer = json.loads(done.stdout)
    fields = "question mode model abstained answer statements passages generation timings".split()
    assert set(fields) <= set(answer)
    (citation, *_) = answer["statements"][0]["citations"]
    assert set(
        "marker document title publisher published url tags speaker reported_via start end quote place".split()
    ) == set(citation)
    assert set(answer["passages"][0]) == {"document", "start", "end", "score", "scores", "copies"}


def test_what_was_made_of_a_question_is_told_with_the_key_that_takes_it_away(home: Path) -> None:
    asked = ("ask", 'Who said "go its own way" as of 31 March 2023?')
    told = assistant(*asked, cwd=home).stdout
    assert "Nothing dated after 31 March 2023 was used. (--without as-of)" in told
    assert "(--without 'phrase:go its own way')" in told
    told = assistant(*asked, "--without", "as-of", "--without", "phrase:go its own way", cwd=home).stdout
    assert "--without" not in told
    wrong = assistant(*asked, "--without", "as-off", cwd=home)
    assert wrong.returncode == 1
    assert "no interpretation called 'as-off'" in wrong.stderr


def test_json_lines_keep_their_text_so_that_spans_index_it(home: Path) -> None:
    rows = map(json.loads, (home / "corpus" / "wire.jsonl").read_text("utf-8").splitlines())
    texts = {row["id"]: row["text"] for row in rows}
    done = assistant("ask", "When was Hong Kong BGE licensed?", "--json", cwd=home)
    cited = [c for s in json.loads(done.stdout)["statements"] for c in s["citations"]]
    assert cited
    for citation in cited:
        assert texts[citation["document"]][citation["start"] : citation["end"]] == citation["quote"]


def test_the_doctor_says_that_all_is_well_and_exits_with_0(home: Path) -> None:
    done = assistant("doctor", cwd=home)
    assert done.returncode == 0, done.stdout
    assert "FAIL" not in done.stdout


def small_pack(tmp_path: Path) -> None:
    """A case and its corpus, in the working folder."""
    text = "The stone bridge at Linden was opened in 1888. It has twelve arches."
    (tmp_path / "corpus.jsonl").write_text(json.dumps({"id": "b", "title": None, "text": text}), "utf-8")
    case = {
        "id": "1",
        "question": "When was the bridge at Linden opened?",
        "answerable": True,
        "answers": ["1888"],
    }
    case |= {"evidence": [{"document": "b", "quote": text[:46], "start": 0}], "tags": []}
    (tmp_path / "cases.jsonl").write_text(json.dumps(case), "utf-8")


def test_eval_answers_a_pack_beside_its_corpus(tmp_path: Path) -> None:
    small_pack(tmp_path)
    done = assistant("eval", "cases.jsonl", "--predictions", "out.jsonl", "--report", "report", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    row = json.loads((tmp_path / "out.jsonl").read_text("utf-8"))
    fields = "id abstained state answer statements confidence citations passages seconds".split()
    assert set(fields) <= set(row)
    assert (tmp_path / "report" / "report.html").exists()
    metrics = json.loads((tmp_path / "report" / "metrics.json").read_text("utf-8"))["metrics"]
    assert metrics["hit_rate@1"] == {"value": 1, "n": 1}


def test_eval_keeps_its_runs_and_judges_by_them(tmp_path: Path) -> None:
    small_pack(tmp_path)
    first = assistant("eval", "cases.jsonl", "--name", "first", cwd=tmp_path)
    assert "kept as first" in first.stdout, first.stderr
    gated = ("eval", "cases.jsonl", "--compare", "first", "--gate", "right_overall", "--gate")
    passed = assistant(*gated, "right_overall=1", cwd=tmp_path)
    assert passed.returncode == 0, passed.stderr
    failed = assistant(*gated, "wrong_overall=-1", "--no-keep", cwd=tmp_path)
    assert failed.returncode == 1
    assert "The gate does not pass: wrong_overall 0.000, at most -1 is asked for." in failed.stderr
    listed = assistant("eval", "runs", cwd=tmp_path).stdout
    assert "first" in listed
    assert listed.count("1, 0, 0") == 2
    index = ("--corpus", "corpus.jsonl")
    shown = assistant("eval", "show", "last", "--compare", "first", *index, "--report", "out", cwd=tmp_path)
    assert "against first: 1 cases in both" in shown.stdout, shown.stderr
    assert (tmp_path / "out" / "report.html").exists()


@pytest.mark.parametrize(
    ("arguments", "environment", "told"),
    [
        (("ask", ""), {}, "empty"),
        (("ask", "x" * 100_000), {}, "100,000 characters"),
        (("ask", "why?", "--within", "nothing"), {}, "no document"),
        (("ask", "why?", "--mode", "write"), {}, "ASSISTANT_MODEL"),
        (("ask", "why?"), {"ASSISTANT_MODEL": "gpt-4o"}, "PROVIDER:NAME"),
        (("ask", "why?"), {"ASSISTANT_EMBEDDING_MODEL": "/no/such/model"}, "embedding model"),
        (("ask", "why?"), {"ASSISTANT_PORT": "many"}, "port"),
        (("index", "--corpus", "nowhere"), {}, "does not exist"),
        (("eval", "nowhere.jsonl"), {}, "nowhere.jsonl"),
    ],
)
def test_bad_input_gets_one_plain_sentence_and_no_traceback(
    home: Path, arguments: tuple[str, ...], environment: dict[str, str], told: str
) -> None:
    done = assistant(*arguments, cwd=home, **environment)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_an_index_is_built_without_standard_streams(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "mill.txt").write_text("The mill is old.", "utf-8")
    command = [*("sh", "-c", '"$0" -m assistant index <&- >&- 2>&-'), sys.executable]
    path = {**os.environ, "PYTHONPATH": str(CORPUS.parent)}
    assert subprocess.run(command, cwd=tmp_path, env=path, timeout=300).returncode == 0
    assert (tmp_path / "index" / "CURRENT").exists()


def test_an_empty_corpus_is_told(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    done = assistant("index", cwd=tmp_path)
    assert (done.returncode, "no documents" in done.stderr) == (1, True)


def test_a_port_in_use_is_told_before_anything_is_built(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = assistant("chat", "--port", taken.getsockname()[1], cwd=home)
    assert done.returncode == 1
    assert "in use" in done.stderr


def test_settings_come_from_the_toml_file_the_environment_and_the_command_line(
    home: Path, tmp_path: Path
) -> None:
    (tmp_path / "assistant.toml").write_text(f'corpus = "{home / "corpus"}"\nindex = "from-toml"\n', "utf-8")
    assert assistant("index", cwd=tmp_path).returncode == 0
    assert (tmp_path / "from-toml" / "CURRENT").exists()
    assert assistant("index", cwd=tmp_path, ASSISTANT_INDEX="from-env").returncode == 0
    assert (tmp_path / "from-env" / "CURRENT").exists()
    assert assistant("index", "--index", "from-option", cwd=tmp_path, ASSISTANT_INDEX="x").returncode == 0
    assert (tmp_path / "from-option" / "CURRENT").exists()


def test_the_same_commands_work_with_a_chroma_server(home: Path, tmp_path: Path) -> None:
    port = free_port()
    chroma = Path(sys.executable).parent / "chroma"
    command = [str(chroma), "run", "--path", str(tmp_path / "chroma"), "--port", str(port)]
    url = {"ASSISTANT_CHROMA_URL": f"http://127.0.0.1:{port}", "ASSISTANT_INDEX": str(tmp_path / "index")}
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        assert assistant("index", cwd=home, **url).returncode == 0
        done = assistant("ask", "Who said Hong Kong may go its own way?", cwd=home, **url)
        assert "Nick Chan" in done.stdout, done.stderr
        assert assistant("doctor", cwd=home, **url).returncode == 0
    finally:
        server.terminate()
        server.wait(timeout=20)
    gone = assistant("ask", "Who said it?", cwd=home, **url)
    assert (gone.returncode, "No Chroma server answers" in gone.stderr) == (1, True)


def _wait_for(port: int) -> None:
    import time

    for _ in range(150):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("the Chroma server did not start")


def test_index_tells_what_it_would_do_asks_before_it_removes_much_and_goes_back(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    ferries = [f"ferry{number}" for number in range(8)]
    for name in ("bridge", "mill", *ferries):
        (corpus / f"{name}.txt").write_text(f"The {name} is old.", "utf-8")
    first = assistant("index", cwd=tmp_path)
    assert "Indexed 10 documents, 10 passages" in first.stderr
    for name in ferries:
        (corpus / f"{name}.txt").unlink()
    (corpus / "mill.txt").write_text("The mill is new.", "utf-8")
    told = assistant("index", "--dry-run", cwd=tmp_path).stdout.splitlines()
    assert told[:2] == ["would change the text of mill.txt", "would remove ferry0.txt"]
    refused = assistant("index", cwd=tmp_path)
    assert refused.returncode == 1
    assert "run `assistant index` for this folder with --yes." in refused.stderr
    asked = assistant("ask", "What is old?", "--corpus", "corpus", cwd=tmp_path)
    assert asked.returncode == 0
    assert "Not searched: 8 documents whose files are no longer in the folder" in asked.stdout
    done = assistant("index", "--yes", "--json", cwd=tmp_path)
    steps = [json.loads(line) for line in done.stderr.splitlines()]
    assert steps
    assert all("step" in step for step in steps)
    report = json.loads(done.stdout)
    assert report["documents"]["removed"] == [f"{name}.txt" for name in ferries]
    both = assistant("index", "--rollback", "--dry-run", cwd=tmp_path)
    assert (both.returncode, "leave out --dry-run" in both.stderr) == (1, True)
    assert "ferry0.txt" not in assistant("doctor", "--documents", cwd=tmp_path).stdout
    assert "10 documents" in assistant("index", "--rollback", cwd=tmp_path).stderr
    assert "ferry0.txt" in assistant("doctor", "--documents", cwd=tmp_path).stdout


def test_doctor_repairs_a_damaged_index_without_the_documents(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "bridge.txt").write_text("The bridge is old.", "utf-8")
    assert assistant("index", cwd=tmp_path).returncode == 0
    (header,) = (tmp_path / "index").rglob("header.bin")
    header.write_bytes(b"scribble")
    found = assistant("doctor", cwd=tmp_path)
    assert found.returncode == 1
    assert "header.bin" in found.stdout
    mended = assistant("doctor", "--repair", cwd=tmp_path)
    assert mended.returncode == 0, mended.stdout + mended.stderr
    assert "1 documents" in mended.stderr


def test_a_file_that_is_not_read_needs_attention(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "bridge.txt").write_text("The bridge is old.", "utf-8")
    (corpus / "empty.txt").write_text("", "utf-8")
    told = assistant("index", cwd=tmp_path).stderr
    assert "needs attention: empty.txt: The file is empty" in told
    assert "Indexed 1 document, 1 passage in " in told
    found = assistant("doctor", cwd=tmp_path)
    assert found.returncode == 0
    assert "look empty.txt: The file is empty; put text in it or remove it." in found.stdout
