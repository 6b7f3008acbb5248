"""Nobody hears of the program: commands, page, workers and evaluations look nothing up and connect to nobody.

Each runs where nothing can be reached and every attempt is written down, and lives on for a while, as onnxruntime
looks up its maker nine seconds after it is imported.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conftest import CORPUS, NOTES
from tests.test_ocr import FIRST, pdf, scan

ROOT = CORPUS.parent
NAMESPACES = (
    ["unshare", "--net", "--mount"],
    ["unshare", "--user", "--map-root-user", "--net", "--mount"],
)
LONG = 12  # seconds
QUESTION = "When was the stone bridge at Linden opened?"
MAKER = "look-up of mobile.events.data.microsoft.com"

# Each interpreter reads it at its start. What onnxruntime does in threads of its own goes on meanwhile.
LIVING_ON = f"""
import atexit, pathlib, sys, time

def note(event, given):
    if event == "import" and given[0] == "onnxruntime":
        atexit.register(live_on, time.monotonic())

def live_on(since):
    pathlib.Path.home().joinpath("lived-on").touch()
    time.sleep(max(0, since + {LONG} - time.monotonic()))

sys.addaudithook(note)
"""
CHAIN = f"""
from assistant.chain import make_chain
from assistant.indexing.pipeline import build
from assistant.settings import load_settings
from assistant.models.embedder import load_embedder
settings = load_settings()
build(settings.corpus, settings.index, embedder=load_embedder())
print(make_chain(settings).invoke({QUESTION!r}).text)
"""
WORKER = f"""
import pathlib, sys, time
from assistant.loading import LoadOptions
from assistant.loading.workers import FileWorkers
workers = FileWorkers(pathlib.Path("corpus"), LoadOptions(ocr=True))
print([loaded.documents[0].text for loaded in workers.load_each(["scan.pdf"])])
assert "onnxruntime" not in sys.modules, "only the worker has it"
time.sleep({LONG})
workers.close()
"""
ALONE = "import onnxruntime"
PYTHON_AND_C = """
import contextlib, ctypes, socket, struct
with contextlib.suppress(OSError):
    socket.getaddrinfo("python.example", 443)
with contextlib.suppress(OSError):
    socket.create_connection(("203.0.113.1", 443), timeout=2)
library, found = ctypes.CDLL(None), ctypes.c_void_p()
library.getaddrinfo(b"c.example", b"443", None, ctypes.byref(found))
address = struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", 443, socket.inet_aton("203.0.113.2"))
library.connect(socket.socket().detach(), address, 16)
"""


@dataclass(frozen=True)
class Isolation:
    """A way to run programs that reach nobody: what precedes the command, and what is in its environment."""

    prefix: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


def by_namespace() -> Isolation | None:
    environment = os.environ | {"NETWORK_RECORD": os.devnull}
    for way in NAMESPACES if shutil.which("unshare") else ():
        prefix = [*way, sys.executable, "-m", "tests.no_network"]
        if not subprocess.run([*prefix, "true"], cwd=ROOT, env=environment, capture_output=True).returncode:
            return Isolation(prefix=prefix)
    return None


def by_preloading(folder: Path) -> Isolation | None:
    library, compiler = folder / "no_network.so", shutil.which("cc") or shutil.which("gcc")
    if sys.platform != "linux" or compiler is None:
        return None
    source = Path(__file__).with_name("no_network.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return Isolation(environment={"LD_PRELOAD": str(library)})


class Program:
    """A command that runs in a working folder and with a home of its own."""

    def __init__(self, isolation: Isolation, folder: Path, *arguments: str) -> None:
        self.home, self.record = folder / "home", folder / "record"
        for made in (self.home, folder / "site"):
            made.mkdir(parents=True)
        self.record.touch()
        (folder / "site" / "sitecustomize.py").write_text(LIVING_ON)
        # Nothing of this process's environment: the program has set its switches here too.
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "PYTHONPATH": os.pathsep.join([str(folder / "site"), str(ROOT)]),
            "NETWORK_RECORD": str(self.record),
        }
        self._process = subprocess.Popen(
            [*isolation.prefix, sys.executable, *arguments],
            cwd=folder,
            env=environment | isolation.environment,
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def finish(self) -> str:
        """What it printed."""
        printed, _ = self._process.communicate(timeout=120)
        assert self._process.returncode == 0, printed
        return printed

    def kill(self) -> None:
        """What is left of it: nothing, where it has finished."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()

    @property
    def lived_on(self) -> bool:
        return (self.home / "lived-on").exists()

    @property
    def tried(self) -> set[str]:
        return set(self.record.read_text("utf-8").splitlines())

    @property
    def left_for_the_maker(self) -> list[Path]:
        return [path for path in self.home.rglob("*") if "microsoft" in path.name.lower()]


@pytest.fixture(scope="module")
def isolation(tmp_path_factory: pytest.TempPathFactory) -> Isolation:
    found = by_namespace() or by_preloading(tmp_path_factory.mktemp("library"))
    if found is None:
        pytest.skip("No namespace without a network can be had here, and no C compiler.")
    return found


PROGRAMS = {
    "index": ("-m", "assistant", "index"),
    "ask": ("-m", "assistant", "ask", QUESTION),
    "chat": ("-m", "tests.ask_page", QUESTION),
    "eval": ("-m", "assistant", "eval", "packs/squad2/cases.jsonl"),
    "evals packs": ("-m", "evals", "packs", "packs", "--only", "squad2"),
    "chain": ("-c", CHAIN),
    "worker": ("-c", WORKER),
    "alone": ("-c", ALONE),
}
SAYS = {
    "index": "3 documents",
    "ask": "1888",
    "chat": "1888",
    "eval": "hit_rate@5",
    "evals packs": "| squad2 |",
    "chain": "1888",
    "worker": FIRST[0],
    "alone": "",
}


@pytest.fixture(scope="module")
def programs(isolation: Isolation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Program]]:
    """All at once: most of the time they are only waited for."""
    started = {}
    for name, arguments in PROGRAMS.items():
        folder = tmp_path_factory.mktemp(name)
        write_documents(folder)
        started[name] = Program(isolation, folder, *arguments)
    yield started
    for program in started.values():
        program.kill()


def write_documents(folder: Path) -> None:
    (folder / "corpus").mkdir()
    for name, text in NOTES.items():
        (folder / "corpus" / name).write_text(text, "utf-8")
    if folder.name.startswith("worker"):
        (folder / "corpus" / "scan.pdf").write_bytes(pdf([scan(FIRST)]))
    pack = folder / "packs" / "squad2"
    pack.mkdir(parents=True)
    text = "The stone bridge at Linden was opened in 1888. It has twelve arches."
    (pack / "corpus.jsonl").write_text(json.dumps({"id": "b", "title": None, "text": text}), "utf-8")
    evidence = [{"document": "b", "quote": text[:46], "start": 0}]
    case = {"id": "1", "question": QUESTION, "answerable": True, "answers": ["1888"], "tags": []}
    (pack / "cases.jsonl").write_text(json.dumps(case | {"evidence": evidence}), "utf-8")


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name != "alone"])
def test_nobody_is_looked_up_or_connected_to(name: str, programs: dict[str, Program]) -> None:
    program = programs[name]
    assert SAYS[name] in program.finish()
    assert program.lived_on == (name != "worker")
    assert program.tried == set()
    assert program.left_for_the_maker == []


def test_what_onnxruntime_tries_without_the_switch_is_seen(programs: dict[str, Program]) -> None:
    import onnxruntime

    libraries = (Path(onnxruntime.__file__).parent / "capi").glob("onnxruntime_pybind11_state*")
    calls = any(b"ORT_DISABLE_TELEMETRY" in library.read_bytes() for library in libraries)
    programs["alone"].finish()
    assert (MAKER in programs["alone"].tried) == calls
    assert bool(programs["alone"].left_for_the_maker) == calls


@pytest.mark.parametrize("way", ["namespace", "preloading"])
def test_what_python_and_the_c_library_try_is_seen(way: str, isolation: Isolation, tmp_path: Path) -> None:
    used = by_preloading(tmp_path) if way == "preloading" else isolation
    if used is None:
        pytest.skip("No C compiler, or no system that preloads libraries.")
    program = Program(used, tmp_path / "program", "-c", PYTHON_AND_C)
    program.finish()
    assert program.tried == {
        "look-up of python.example",
        "look-up of c.example",
        "connection to 203.0.113.1:443",
        "connection to 203.0.113.2:443",
    }


def test_switches_that_are_set_otherwise_are_set_all_the_same() -> None:
    printing = "import assistant, os; print(os.environ['ORT_DISABLE_TELEMETRY'], os.environ['DO_NOT_TRACK'])"
    environment = {"PYTHONPATH": str(ROOT), "ORT_DISABLE_TELEMETRY": "0", "DO_NOT_TRACK": "0"}
    done = subprocess.run([sys.executable, "-c", printing], env=environment, capture_output=True, text=True)
    assert done.stdout == "1 1\n", done.stderr
