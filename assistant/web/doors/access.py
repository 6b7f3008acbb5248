"""Which requests are admitted: by the name the page is called by, the page that calls it, and who has signed in."""

import hashlib
import ipaddress
import re
import secrets
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.errors import UserError
from assistant.settings import Settings
from assistant.web.doors.passwords import SIGNED_IN, Passwords, login_reply, wanted
from assistant.web.screen import message_page

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
VISITOR = "assistant-visitor"  # cookie, until the browser is closed: whose conversation and uploads these are

HOW_TO_OPEN = (
    "Set `password_file` (`assistant password FILE` makes one), or `behind_proxy = true` where a proxy signs users "
    "in, or serve this machine alone: `--host 127.0.0.1`."
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not admitted: an HTTP status, and one sentence that says what to do."""

    status: int
    heading: str
    sentence: str


FOREIGN_PAGE = Refusal(
    403,
    "Another page asked for this",
    "Only the assistant's own page may call it. If you followed a link, continue here.",
)
NO_USER = Refusal(
    403, "Nobody has signed in", "This page is opened through its proxy, which did not say who you are."
)
NOT_OPEN = Refusal(401, "Sign in", "Sign in first: this page is protected by a password.")
UNKNOWN_NAME = Refusal(
    403,
    "Not known by this name",
    "The assistant is not served under this name. Its setting `allowed_hosts` lists its names.",
)


@dataclass(frozen=True, slots=True)
class Access:
    """Who may come in, according to the settings."""

    hosts: frozenset[str]  # names and addresses the page is called by; without ports, or with the one meant
    allowed: frozenset[str]  # those of them that the settings list
    own_addresses: bool  # also the address at which a connection arrived
    passwords: Passwords | None
    user_header: str | None  # in which a proxy names the user

    @classmethod
    def from_settings(cls, settings: Settings) -> "Access":
        """UserError where anyone on a network could come in without signing in."""
        resolved = address_of(settings.host, settings.port)
        loopback = ipaddress.ip_address(resolved).is_loopback
        passwords = Passwords.from_settings(settings)
        if not loopback and passwords is None and not settings.behind_proxy:
            raise UserError(
                f"At {settings.host or resolved} everybody on the network could read the documents and change "
                f"the index. {HOW_TO_OPEN}"
            )
        every = ipaddress.ip_address(resolved).is_unspecified
        own = set() if every else {settings.host, resolved}
        allowed = frozenset(host.lower() for host in settings.allowed_hosts)
        named = allowed.union(LOOPBACK_NAMES, (host.lower() for host in own))
        header = settings.proxy_user_header if settings.behind_proxy else None
        return cls(named, allowed, own_addresses=every, passwords=passwords, user_header=header)

    def refusal(self, request: HTTPConnection) -> Refusal | None:
        """Why this request is not admitted; None if it is."""
        if not self._knows_host(request):
            return UNKNOWN_NAME
        if self._foreign(request.headers):
            return FOREIGN_PAGE
        if self.user_header and not self._user(request):
            return NO_USER
        if self.passwords and request.scope["path"] != "/login":
            return None if self.passwords.signed_in(request.cookies.get(SIGNED_IN, "")) else NOT_OPEN
        return None

    def visitor(self, request: HTTPConnection, cookie: str) -> str:
        """Whose conversation and uploads a request may touch: a user, in one browser."""
        return hashlib.sha256(f"{self._user(request)}\0{cookie}".encode()).hexdigest()

    def trusted(self, headers: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
        """The headers without a proxy's where there is no proxy, and without a host that is not one of our names."""
        for name, value in headers:
            is_proxy_s = name.startswith((b"x-forwarded", b"forwarded"))
            own = name != b"x-forwarded-host" or value.decode("latin-1").lower() in self.allowed
            if not is_proxy_s or (self.user_header and own):
                yield name, value

    def _user(self, request: HTTPConnection) -> str:
        """Empty where two users are named: one of the headers is not the proxy's."""
        named = request.headers.getlist(self.user_header) if self.user_header else []
        return named[0].strip() if len(named) == 1 else ""

    def _knows_host(self, request: HTTPConnection) -> bool:
        names = [name.lower() for name in request.headers.getlist("host")]
        if len(names) != 1 or not names[0].isascii():
            return False
        host = _without_port(names[0])
        server = request.scope.get("server")
        arrived = self.own_addresses and server is not None and host == _plain_address(server[0])
        return arrived or not self.hosts.isdisjoint({host, names[0]})

    def _foreign(self, headers: Headers) -> bool:
        """Whether the browser says that another page made this request; any other port is another page."""
        host = headers["host"].lower()
        own = {host, *(self.allowed if self.user_header else ())}  # a proxy may have changed the host name
        origins = [origin.lower().partition("://")[2] for origin in headers.getlist("origin")]
        sites = headers.getlist("sec-fetch-site")
        return not own.issuperset(origins) or not {"same-origin", "none"}.issuperset(sites)


class Doors:
    """Admits what `Access` admits; the app behind finds in the scope's `visitor` who it is."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008, "reason": "This page has no web sockets."})
            return
        request = HTTPConnection(scope)
        refused = self._access.refusal(request)
        if refused:
            await _reply(refused, request)(scope, receive, send)
            return
        known = request.cookies.get(VISITOR, "")
        cookie = known or (secrets.token_urlsafe(24) if scope["path"] == "/" else "")
        inner = {**scope, "visitor": self._access.visitor(request, cookie)}
        inner["headers"] = list(self._access.trusted(scope["headers"]))

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and cookie != known:
                MutableHeaders(scope=message).append("set-cookie", _session_cookie(VISITOR, cookie, scope))
            await send(message)

        await self._app(inner, receive, with_cookie)


def address_of(host: str, port: int) -> str:
    """The numeric address that a host setting stands for; UserError if there is none."""
    try:
        addresses = socket.getaddrinfo(host or "0.0.0.0", port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise UserError(f"The page cannot be served at {host}:{port}: {error.strerror}.") from error
    return str(addresses[0][4][0]).partition("%")[0]


def _reply(refused: Refusal, request: HTTPConnection) -> Response:
    reads = request.scope["method"] in ("GET", "HEAD") and "text/html" in request.headers.get("accept", "")
    if not reads:
        return JSONResponse({"detail": refused.sentence}, refused.status)
    if refused is NOT_OPEN:
        return login_reply(request)
    onward = f"./{wanted(request)}" if refused is FOREIGN_PAGE else ""
    return HTMLResponse(message_page(refused.heading, refused.sentence, onward=onward), refused.status)


def _session_cookie(name: str, value: str, scope: Scope) -> str:
    secure = "; Secure" if scope["scheme"] == "https" else ""
    return f"{name}={value}; HttpOnly; SameSite=strict; Path=/{secure}"


def _without_port(host: str) -> str:
    """ "[::1]:7860" -> "::1"; a name keeps to what stands before its port."""
    match = re.fullmatch(r"\[([0-9a-f:.]+)\](?::\d+)?|([^:\[\]]*)(?::\d+)?", host)
    return (match[1] or match[2]) if match else host


def _plain_address(address: str) -> str:
    """An IPv4 address that came in over IPv6 is written as the browser writes it."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    mapped = cast("ipaddress.IPv4Address | None", getattr(parsed, "ipv4_mapped", None))
    return str(mapped or parsed)
