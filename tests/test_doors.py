"""Who is let in, and what of the server can be reached: tried on the real app as an attacker would."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient, WebSocketDisconnect
from typer.testing import CliRunner

from assistant.__main__ import app as commands
from assistant.errors import UserError
from assistant.settings import load_settings
from assistant.web.doors.access import Access
from assistant.web.screen.uploads import MIN_SIZE, Uploads, upload_folder
from assistant.web.service import address, make_app
from tests.web import ADDRESS, Web

SECRET = "tr0ub4dor-and-3"
PASSWORD = "correct horse battery"
JOIN = "/gradio_api/queue/join"
FOREIGN = (
    {"host": "evil.example"},
    {"host": "127.0.0.1.evil.example:7860"},
    {"host": "192.168.1.77:7860"},
    {"host": "[::1].evil.example"},
    {"host": "[localhost]evil.example"},
    {"host": "[::1]:99@evil.example"},
    {"host": "127.0.0.1:7860@evil.example"},
    {"origin": "http://evil.example"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:3000"},
    {"origin": "http://localhost:7860"},  # not the name this page was opened by
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Web:
    made = Web(tmp_path_factory.mktemp("doors"))
    made.index(chan="Nick Chan said so.")
    return made


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Web:
    """Served to the network, with a password."""
    made = Web(
        tmp_path_factory.mktemp("guarded"), host="0.0.0.0", password=PASSWORD, allowed_hosts="office.example"
    )
    made.index(chan="Nick Chan said so.")
    return made


@pytest.fixture
def secrets(web: Web, tmp_path: Path) -> list[str]:
    """Files that lie on the server and are nobody's business."""
    beside = web.settings.corpus.parent / "passwords.txt"
    toml = tmp_path / "assistant.toml"
    for path in (beside, toml):
        path.write_text(SECRET, "utf-8")
    database = next(web.settings.index.rglob("*.sqlite3"))
    return [
        *map(str, (beside, toml, database, web.settings.corpus / "chan.txt")),
        "/etc/passwd",
        "/proc/self/environ",
        "/dev/zero",
    ]


class Canary(BaseHTTPRequestHandler):
    """An address that nothing may fetch."""

    fetched: list[str]

    def do_GET(self) -> None:
        self.fetched.append(self.path)
        self.send_error(404)

    do_HEAD = do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    fetched: list[str] = []
    handler = type("Heard", (Canary,), {"fetched": fetched})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/x.png", fetched
    server.shutdown()


def file_data(path: str) -> dict[str, Any]:
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


def call(client: TestClient, **changes: object) -> Any:
    body = {"session_hash": "abc123", "fn_index": 0, "data": [], "event_data": None, "trigger_id": None}
    return client.post(JOIN, json={**body, **changes})


def kept() -> set[Path]:
    return {path for path in upload_folder().rglob("*") if path.is_file()}


def dependencies(web: Web) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = web.browser().get("/config").json()["dependencies"]
    assert len(found) > 10
    return found


def test_no_file_is_read_by_any_value_of_any_call(web: Web, secrets: list[str]) -> None:
    before = kept()
    client = web.browser()
    tried = 0
    for dependency in dependencies(web):
        for path in secrets:
            given = file_data(path)
            width = max(1, len(dependency["inputs"]))
            for data in ([given] * width, [[given]] * width, [{"deep": [{"er": given}]}] * width):
                reply = call(client, fn_index=dependency["id"], data=data)
                assert reply.status_code == 403, reply.text
                tried += 1
        reply = call(client, fn_index=dependency["id"], event_data=given)
        assert reply.status_code == 403
    assert tried > 200
    assert kept() == before


@pytest.mark.parametrize(
    "value",
    [{"path": "/etc/passwd"}, {"url": "http://x.example/"}, {"meta": {"_type": "gradio.FileData"}},
     {"path": ["/etc/passwd"]}, {"path": None, "meta": {"_type": "gradio.FileData"}},
     {"path": "../../etc/passwd"}, {"path": str(upload_folder())}, {"path": str(upload_folder() / ".." / "x")}],
)  # fmt: skip
def test_what_could_pass_for_a_file_is_refused_in_every_form(web: Web, value: dict[str, Any]) -> None:
    assert call(web.browser(), data=[value]).status_code == 403


def test_gradio_is_loaded_once_it_can_be_told_where_uploads_go() -> None:
    """It reads the folder as it is imported; and what knows the doors alone has no use for it."""
    code = "import sys, assistant.web.service, assistant.web.doors; assert 'gradio' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_gradio_itself_refuses_paths_too_should_the_gate_be_open(web: Web) -> None:
    from gradio.context import LocalContext
    from gradio.exceptions import InvalidPathError
    from gradio.processing_utils import _check_allowed

    blocks = web.app.routes[-1].app.get_blocks()  # type: ignore[attr-defined]
    LocalContext.blocks.set(blocks)
    with pytest.raises(InvalidPathError):
        _check_allowed("/etc/passwd", check_in_upload_folder=True)


def test_no_route_of_gradio_hands_out_a_file(web: Web, secrets: list[str]) -> None:
    forms = ("/gradio_api/file={}", "/gradio_api/file/{}", "/file={}", "/gradio_api/file=/tmp/../{}", "/assets/{}",
             "/static/../../../../../../{}", "/assets/..%2f..%2f..%2f..%2f..%2f..{}", "/svelte/{}", "/document?id={}",
             "/gradio_api/proxy=file://{}", "/gradio_api/stream/{}", "//{}", "/theme.css/../../{}")  # fmt: skip
    for path in secrets:
        for form in forms:
            status, body = web.get_as_it_stands(form.format(path))
            assert status == 404, form
            assert SECRET.encode() not in body
            assert b"root:" not in body


def test_only_the_routes_that_the_page_needs_answer(web: Web) -> None:
    client = web.browser()
    answered = set()
    for method, path in web.routes():
        if method == "GET" and "heartbeat" in path:
            continue  # it answers for as long as the page is open
        if client.request(method, path).status_code != 404:
            answered.add(path)
    assert answered == {
        "/", "/config", "/document", "/evaluation", "/favicon.ico", "/health", "/login", "/logout", "/manifest.json",
        "/robots.txt", "/theme.css", "/gradio_api/app_id", "/gradio_api/cancel", "/gradio_api/queue/join",
        "/gradio_api/reset", "/gradio_api/theme.css", "/gradio_api/upload",
    }  # fmt: skip


def test_nothing_is_fetched_for_others(web: Web, canary: tuple[str, list[str]]) -> None:
    url, fetched = canary
    client = web.browser()
    for form in ("/gradio_api/file={}", "/gradio_api/file/{}", "/gradio_api/proxy={}", "/gradio_api/proxy=/{}",
                 "/gradio_api/proxy=..%2f{}", "/file={}"):  # fmt: skip
        assert client.get(form.format(url)).status_code == 404
    for dependency in dependencies(web):
        for given in (file_data(url), {**file_data("/x"), "url": url}, {"url": url}):
            assert call(client, fn_index=dependency["id"], data=[given]).status_code == 403
    assert fetched == []


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_every_route_refuses_foreign_names_and_foreign_pages(web: Web, headers: dict[str, str]) -> None:
    client = web.browser()
    routes = list(web.routes())
    assert len(routes) > 60
    for method, path in routes:
        reply = client.request(method, path, headers=headers)
        assert reply.status_code == 403, (method, path)
        assert "access-control-allow-origin" not in reply.headers
    upload = client.post("/gradio_api/upload", files={"files": ("a.txt", b"x")}, headers=headers)
    assert upload.status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:7860", "LOCALHOST", "[::1]:7860", "127.0.0.1:80"])
def test_this_machine_s_own_names_are_let_in(web: Web, host: str) -> None:
    own = {"host": host, "origin": f"http://{host.lower()}", "sec-fetch-site": "same-origin"}
    assert web.client.get("/health", headers=own).status_code == 200


def test_two_names_or_none_are_refused(web: Web) -> None:
    client = web.browser()
    for hosts in ([("host", "127.0.0.1"), ("host", "evil.example")], [("host", "")]):
        assert client.get("/health", headers=hosts).status_code in (400, 403)


@pytest.mark.parametrize(
    ("path", "onward"), [("/", "./"), ('/document?id=a"b&start=1', "./document?id=a%22b&amp;start=1")]
)
def test_who_follows_a_link_from_another_page_is_led_on(web: Web, path: str, onward: str) -> None:
    reply = web.browser().get(path, headers={"sec-fetch-site": "cross-site", "accept": "text/html"})
    assert reply.status_code == 403
    assert f'href="{onward}"' in reply.text


def test_web_sockets_are_closed(web: Web) -> None:
    with pytest.raises(WebSocketDisconnect) as closed, web.client.websocket_connect("/"):
        pass
    assert closed.value.code == 1008


def test_every_answer_forbids_frames_and_forms_that_lead_elsewhere(web: Web) -> None:
    for path in ("/", "/document?id=chan.txt", "/document?id=none", "/nothing", "/login"):
        headers = web.browser().get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert "form-action" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"


def test_an_unknown_function_and_a_malformed_call_get_a_sentence(web: Web) -> None:
    client = web.browser()
    for number in (10_000, -1, None, "0", True, 0.5):
        reply = call(client, fn_index=number)
        assert (reply.status_code, reply.json()["detail"]) == (
            404,
            "The page has no such function. Reload it.",
        )
    for body in (b"", b"[]", b"{", b"\xff", b"[" * 100_000, json.dumps({"fn_index": 0}).encode()):
        reply = client.post(JOIN, content=body, headers={"content-type": "application/json"})
        assert reply.status_code == 400, body[:20]
        assert "Reload it" in reply.json()["detail"]
    assert client.post(JOIN, content=b'{"data": "' + b"a" * 3_000_000).status_code == 413


def upload(client: TestClient, *names: str, content: bytes = b"some words") -> Any:
    return client.post("/gradio_api/upload", files=[("files", (name, content)) for name in names])


def test_a_visitor_s_own_upload_can_be_named_and_nobody_else_s(web: Web) -> None:
    mine, other = web.browser(), web.browser()
    for client in (mine, other):
        client.get("/")
    (path,) = upload(mine, "a.txt").json()
    assert Path(path).is_relative_to(upload_folder())
    take_in = next(event for event in dependencies(web) if event["api_name"] == "take_in")["id"]
    given = {"fn_index": take_in, "data": [[file_data(path)]]}
    assert call(mine, **given, session_hash="mine").status_code == 200
    assert call(other, **given, session_hash="other").status_code == 403


def test_a_session_is_heard_used_and_ended_by_its_own_visitor_alone(web: Web) -> None:
    mine, other = web.browser(), web.browser()
    for client in (mine, other):
        client.get("/")
    opened = next(event for event in dependencies(web) if event["api_name"] == "opened")["id"]
    given = {"fn_index": opened, "data": [""], "session_hash": "its0own"}
    event = call(mine, **given).json()["event_id"]
    assert call(other, **given).status_code == 403
    assert other.get("/gradio_api/queue/data?session_hash=its0own").status_code == 404
    assert mine.get("/gradio_api/queue/data?session_hash=unknown").status_code == 404
    call(other, **{**given, "session_hash": "others"})
    both = "/gradio_api/queue/data?session_hash=others&session_hash=its0own"
    assert other.get(both).status_code == 404, "the one that is checked must be the one that is used"
    assert other.get("/gradio_api/heartbeat/its0own").status_code == 403
    end = {"session_hash": "its0own", "event_id": event, "fn_index": opened}
    assert other.post("/gradio_api/cancel", json=end).status_code == 400
    assert mine.post("/gradio_api/cancel", json=end).status_code == 200


def test_what_gradio_cannot_read_gets_a_sentence_and_no_bare_500(web: Web) -> None:
    client = web.browser()
    odd: tuple[tuple[str, dict[str, Any]], ...] = (
        ("/gradio_api/cancel", {"content": b'{"event_id": NaN}'}),
        ("/gradio_api/cancel", {"content": b'{"event_id": "\\ud800"}'}),
        ("/gradio_api/reset", {"content": b'{"event_id": NaN}'}),
        (JOIN, {"json": {"session_hash": "abc123", "fn_index": 0, "data": []}}),
        (JOIN, {"json": {"session_hash": "a/b", "fn_index": 0, "data": [""] * 5}}),
    )
    for path, body in odd:
        assert client.post(path, **body).status_code == 400, (path, body)
    long = {"content-type": f"multipart/form-data; boundary={'b' * 5000}"}
    unreadable: tuple[dict[str, Any], ...] = (
        {"content": b"--b", "headers": long},
        {"data": {"files": "no file"}, "files": {"other": ("a", b"x")}},
    )
    for body in unreadable:
        assert "could not be read" in client.post("/gradio_api/upload", **body).json()["detail"]
    for path in (f"/static/{'a' * 300}", f"/assets/{'a' * 300}"):
        assert client.get(path).status_code == 404


def test_uploads_have_a_limit_in_sum_and_each(tmp_path: Path) -> None:
    (tmp_path / "waiting").write_bytes(b"x" * 9_000)
    (tmp_path / "empty").touch()
    uploads = Uploads(tmp_path, capacity=9_000 + MIN_SIZE + 100)
    assert not uploads.begin(101)
    assert uploads.begin(60)
    assert not uploads.begin(60), "what is still arriving counts"
    uploads.end(60)
    assert uploads.begin(60)


def test_an_upload_of_gigabytes_is_refused_before_it_is_read(web: Web) -> None:
    client = web.browser()
    type_ = {"content-type": "multipart/form-data; boundary=b"}
    reply = client.post(
        "/gradio_api/upload", headers={**type_, "content-length": str(2 * 2**30)}, content=b"--b"
    )
    assert (reply.status_code, "At most 500 MB" in reply.text) == (413, True)
    assert client.post("/gradio_api/upload", headers=type_, content=iter([b"--b"])).status_code == 411


def test_uploads_that_nobody_takes_in_are_deleted_after_an_hour(tmp_path: Path) -> None:
    (tmp_path / "sha").mkdir()
    old, new = tmp_path / "sha" / "old.txt", tmp_path / "new.txt"
    for path in (old, new):
        path.write_text("x")
    os.utime(old, (time.time() - 3_700,) * 2)
    Uploads(tmp_path).sweep()
    assert (old.exists(), new.exists()) == (False, True)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.7"])
def test_the_network_is_not_served_without_a_password(tmp_path: Path, host: str) -> None:
    (tmp_path / "corpus").mkdir()
    settings = load_settings(corpus=tmp_path / "corpus", index=tmp_path / "index", host=host)
    with pytest.raises(UserError, match=r"everybody on the network.*password_file.*behind_proxy"):
        make_app(settings)


def test_without_the_password_every_route_is_closed(guarded: Web) -> None:
    client = guarded.browser("http://office.example:7860")
    for method, path in guarded.routes():
        reply = client.request(method, path)
        if path == "/login":
            continue
        assert reply.status_code == 401, (method, path)
    assert upload(client, "a.txt").status_code == 401
    page = client.get("/document?id=chan.txt", headers={"accept": "text/html"})
    assert page.status_code == 401
    assert 'value="document?id=chan.txt"' in page.text
    assert "Nick Chan" not in page.text
    assert client.get("/health", headers={"cookie": "assistant-session=x"}).status_code == 401


def test_the_right_password_opens_the_page_until_one_signs_out(guarded: Web) -> None:
    client = guarded.browser("http://office.example:7860")
    wanted = "document?id=chan.txt"
    reply = client.post("/login", data={"password": PASSWORD, "wanted": wanted})
    assert (reply.status_code, reply.headers["location"]) == (303, f"./{wanted}")
    cookie = reply.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Nick Chan" in client.get("/document?id=chan.txt").text
    assert client.get("/").status_code == 200
    token = client.cookies["assistant-session"]
    client.post("/logout")
    assert client.get("/health").status_code == 401
    assert client.get("/health", headers={"cookie": f"assistant-session={token}"}).status_code == 401


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "http://evil.example", "/etc", "javascript:alert(1)", "doc"]
)
def test_signing_in_leads_to_no_other_site(guarded: Web, wanted: str) -> None:
    client = guarded.browser("http://office.example")
    reply = client.post("/login", data={"password": PASSWORD, "wanted": wanted})
    assert reply.headers["location"] == "./"


def test_after_ten_wrong_passwords_a_minute_has_to_pass(tmp_path: Path) -> None:
    client = Web(tmp_path, password=PASSWORD).browser()
    for number in range(10):
        reply = client.post("/login", data={"password": f"wrong {number}"})
        assert (reply.status_code, "This is not the password." in reply.text) == (401, True)
    reply = client.post("/login", data={"password": PASSWORD})
    assert (reply.status_code, "Wait a minute" in reply.text) == (429, True)
    assert client.get("/health").status_code == 401


def test_a_password_can_be_kept_as_a_hash_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "hash"
    made = CliRunner().invoke(commands, ["password", str(file)], input=f"{PASSWORD}\n{PASSWORD}\n")
    assert made.exit_code == 0, made.output
    assert file.read_text().startswith("$argon2id$")
    assert file.stat().st_mode & 0o077 == 0
    client = Web(tmp_path, password_file=file).browser()
    assert client.post("/login", data={"password": "wrong"}).status_code == 401
    assert client.post("/login", data={"password": PASSWORD}).status_code == 303


def test_a_password_that_cannot_be_used_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    inside = tmp_path / "corpus" / "password.txt"
    inside.write_text("x")
    for given, told in (
        ({"password": ""}, "between 1 and"),
        ({"password": "$argon2id$v=19$broken"}, "is damaged"),
        ({"password_file": tmp_path / "none"}, "cannot be read"),
        ({"password_file": inside}, "is inside the corpus"),
    ):
        with pytest.raises(UserError, match=told):
            Access.from_settings(load_settings(corpus=tmp_path / "corpus", **given))


def test_behind_a_proxy_whoever_it_does_not_name_stays_outside(tmp_path: Path) -> None:
    made = Web(tmp_path, host="0.0.0.0", behind_proxy=True, allowed_hosts="office.example")
    client = made.browser("http://office.example")
    for method, path in made.routes():
        assert client.request(method, path).status_code == 403, (method, path)
    named = {"x-forwarded-user": "mei", "origin": "https://office.example"}
    assert client.get("/login", headers=named).status_code == 303
    for origin in ("https://evil.example", "http://localhost"):
        assert client.get("/login", headers={**named, "origin": origin}).status_code == 403
    twice = [("x-forwarded-user", "mallory"), ("x-forwarded-user", "mei")]
    assert client.get("/login", headers=twice).status_code == 403
    for forwarded, kept in (("evil.example", False), ("[::1", False), ("office.example", True)):
        page = client.get("/config", headers={"x-forwarded-user": "mei", "x-forwarded-host": forwarded})
        assert page.status_code == 200
        assert "evil.example" not in page.text
        assert (f'"root":"http://{forwarded}"' in page.text) is kept


@pytest.mark.parametrize(
    ("host", "status"), [("192.0.2.7:7860", 200), ("192.0.2.8:7860", 403), ("rebound.example", 403)]
)
def test_a_server_at_every_address_goes_by_the_one_that_was_called(
    guarded: Web, host: str, status: int
) -> None:
    async def arriving(scope: Any, receive: Any, send: Any) -> None:
        await guarded.app({**scope, "server": ("192.0.2.7", 7860)}, receive, send)

    assert TestClient(arriving, base_url=f"http://{host}").get("/login").status_code == status


def test_the_address_that_is_told_is_one_that_works() -> None:
    assert address(load_settings()) == "http://127.0.0.1:7860"
    assert address(load_settings(host="::1")) == "http://[::1]:7860"
    assert (
        address(load_settings(host="0.0.0.0", allowed_hosts="office.example")) == "http://office.example:7860"
    )
    assert (
        address(load_settings(host="0.0.0.0", allowed_hosts="office.example:80"))
        == "http://office.example:80"
    )
    assert "0.0.0.0" not in address(load_settings(host="0.0.0.0"))


def test_the_page_keeps_its_visitor_s_cookie_from_scripts_and_from_other_sites(web: Web) -> None:
    cookie = web.browser(ADDRESS).get("/").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Max-Age" not in cookie
