"""Many users at once: no errors, and each sees that a question was taken before it is answered.

How long they wait, and what memory it takes, `python -m evals load` measures.
"""

from pathlib import Path

from evals.benchmarks.load import Chat, ask_at_once, chat
from evals.benchmarks.page_client import PageClient


def test_thirty_clients_and_a_re_index_bring_no_error(notes: Path) -> None:
    with chat(notes) as server:
        seen = ask_at_once(server, clients=30, seconds=4)
        assert len(seen) >= 30
        assert all(each.answered for each in seen)
        assert all(each.taken for each in seen)
        assert "nineteen seats" in answer(server, "How many seats has the ferry to Lantau?")


def answer(server: Chat, question: str) -> str:
    return str(list(PageClient(server.url).ask(question)))
