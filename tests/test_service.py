"""The web service: health, the document viewer, and what it answers to links that are broken or hostile."""

import re
import socket
from pathlib import Path

import pytest

from assistant.errors import UserError
from assistant.settings import load_settings
from assistant.web.service import check_address
from tests.web import Web

TEXT = "The first paragraph.\n\nNick Chan said <b>so</b> & more. The end.\n"
QUOTE = "Nick Chan said <b>so</b> & more."


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Web:
    made = Web(tmp_path_factory.mktemp("web"))
    made.index(chan=TEXT, other="Something else stands here.")
    return made


def place(web: Web) -> dict[str, object]:
    start = web.chain.index.current().catalog.document("chan.txt").text.index(QUOTE)
    return {"id": "chan.txt", "start": start, "end": start + len(QUOTE)}


def test_health_says_what_is_served(web: Web) -> None:
    reply = web.client.get("/health")
    assert reply.status_code == 200
    health = reply.json()
    assert (health["status"], health["documents"]) == ("ok", 2)
    assert (health["mode"], health["model"]) == ("quote", None)
    assert health["generation"] == web.chain.index.current().name


def test_health_fails_in_words_before_there_is_an_index(tmp_path: Path) -> None:
    reply = Web(tmp_path).client.get("/health")
    assert reply.status_code == 503
    assert "assistant index" in reply.json()["detail"]


def test_the_viewer_marks_exactly_the_words_cited_and_escapes_them(web: Web) -> None:
    reply = web.open(**place(web))
    assert reply.status_code == 200
    assert '<mark id="cited">Nick Chan said &lt;b&gt;so&lt;/b&gt; &amp; more.</mark> The end.' in reply.text
    assert "<b>so" not in reply.text


def test_the_viewer_lets_nothing_load_or_run(web: Web) -> None:
    policy = web.open(**place(web)).headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert "script-src" not in policy
    assert "<script" not in web.open(**place(web)).text


def test_an_unknown_document_gets_a_friendly_404(web: Web) -> None:
    reply = web.open(id="<script>none")
    assert reply.status_code == 404
    assert "no such document" in reply.text
    assert "<script>" not in reply.text
    assert reply.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    "fields",
    [{}, {"id": "chan.txt", "start": "x", "end": "5"}, {"id": "chan.txt", "start": -1, "end": 5},
     {"id": "chan.txt", "start": 5, "end": 2}, {"id": "chan.txt", "start": 5}],
)  # fmt: skip
def test_a_broken_link_gets_one_plain_sentence(web: Web, fields: dict[str, object]) -> None:
    reply = web.open(**fields)
    assert reply.status_code in (400, 422)
    assert "This link is broken" in reply.text


def test_a_place_beyond_the_end_of_the_document_is_not_marked_and_said(web: Web) -> None:
    reply = web.open(id="chan.txt", start=5, end=10_000)
    assert reply.status_code == 200
    assert "<mark" not in reply.text
    assert "has changed" in reply.text


def test_the_viewer_says_when_the_index_was_rebuilt_since(tmp_path: Path) -> None:
    web = Web(tmp_path)
    web.index(chan=TEXT)
    cited = {**place(web), "generation": web.chain.index.current().name}
    assert "rebuilt" not in web.open(**cited).text
    web.index(chan="New. " + TEXT)
    assert "rebuilt since" in web.open(**cited).text


def test_the_page_is_served_and_loads_nothing_from_other_hosts(web: Web) -> None:
    reply = web.client.get("/")
    assert reply.status_code == 200
    assert "default-src 'self'" in reply.headers["content-security-policy"]
    assert not re.search(r"<(?:script|link|img)[^>]+(?:src|href)=\"https?://(?!127.0.0.1)", reply.text)


def test_a_port_in_use_is_an_error_that_names_another(web: Web) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=f"Port {port} is in use.*--port"):
            check_address(load_settings(port=port))
