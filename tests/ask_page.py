"""Serves the page, asks it a question as a browser does, prints what comes, and stops it: -m tests.ask_page QUESTION.

Nothing of the program is imported here: the server shall get an environment that knows nothing of it.
"""

import json
import signal
import subprocess
import sys
import time

import httpx

from tests.chat_servers import free_port

SESSION = "session"
CTRL_C = 130  # the exit status


def wait_until_up(page: httpx.Client, server: "subprocess.Popen[bytes]") -> None:
    while server.poll() is None:
        try:
            page.get("/health")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    sys.exit("The server ended.")


def answer(page: httpx.Client, question: str) -> str:
    """What the page is sent when the answer is complete."""
    config = page.get("/config").json()
    page.get("/").raise_for_status()
    box = next(part["id"] for part in config["components"] if part["props"].get("elem_id") == "question")
    submit = next(event for event in config["dependencies"] if [box, "submit"] in event["targets"])
    asked = {"data": [question, None, "", [], ""], "fn_index": submit["id"], "session_hash": SESSION}
    page.post("/gradio_api/queue/join", json=asked).raise_for_status()
    with page.stream("GET", "/gradio_api/queue/data", params={"session_hash": SESSION}) as events:
        for line in events.iter_lines():
            event = json.loads(line.removeprefix("data:") or "{}")
            if event.get("msg") == "process_completed":
                return json.dumps(event["output"])
    return ""


def main() -> int:
    port = free_port()
    with subprocess.Popen([sys.executable, "-m", "assistant", "chat", "--port", str(port)]) as server:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as page:
                wait_until_up(page, server)
                sys.stdout.write(answer(page, sys.argv[1]) + "\n")
        finally:
            server.send_signal(signal.SIGINT)
    if server.returncode != CTRL_C:
        sys.stdout.write(f"The server ended with {server.returncode}.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
