"""The password of the page, kept as a hash and compared in constant time; and the browsers that are signed in."""

import hashlib
import secrets
import time
from collections import OrderedDict
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse

from assistant.errors import UserError
from assistant.settings import Settings
from assistant.web.doors.headers import LOGIN_POLICY
from assistant.web.screen import environment

SIGNED_IN = "assistant-session"  # cookie
SIGNED_IN_SECONDS = 7 * 24 * 3600  # how long a browser stays signed in
MOST_BROWSERS = 10_000
WRONG_TRIES = RateLimitItemPerMinute(10)  # of one address
LONGEST = 1_000  # characters of a password

_hasher = PasswordHasher()


class TooManyTries(Exception):
    """This address sent ten wrong passwords within a minute."""


class Passwords:
    """Checks passwords, and remembers in this process which browsers are signed in."""

    def __init__(self, hashed: str) -> None:
        self._hashed = hashed
        self._tries = MovingWindowRateLimiter(MemoryStorage())
        self._browsers: OrderedDict[str, float] = OrderedDict()  # hash of the cookie -> when it expires

    @classmethod
    def from_settings(cls, settings: Settings) -> "Passwords | None":
        """None where no password is set; UserError where it cannot be used."""
        if settings.password_file:
            return cls(hashed(_read(settings.password_file, settings.corpus)))
        return None if settings.password is None else cls(hashed(settings.password.get_secret_value()))

    def sign_in(self, password: str, address: str) -> str | None:
        """The value of the cookie for the right password, None for a wrong one; TooManyTries after ten wrong ones."""
        if not self._tries.hit(WRONG_TRIES, address):
            raise TooManyTries
        try:
            _hasher.verify(self._hashed, password[:LONGEST])
        except VerificationError:
            return None
        self._tries.clear(WRONG_TRIES, address)
        token = secrets.token_urlsafe(32)
        self._browsers[_digest(token)] = time.time() + SIGNED_IN_SECONDS
        while len(self._browsers) > MOST_BROWSERS:
            self._browsers.popitem(last=False)
        return token

    def signed_in(self, token: str) -> bool:
        """Whether this cookie was issued and has not expired."""
        return self._browsers.get(_digest(token), 0) > time.time()

    def sign_out(self, token: str) -> None:
        self._browsers.pop(_digest(token), None)


def hashed(password: str) -> str:
    """The argon2 hash of a password; a hash is returned as it is. UserError where it cannot be used."""
    if password.startswith("$argon2"):
        try:
            _hasher.check_needs_rehash(password)
        except InvalidHashError as error:
            raise UserError(
                "The hash of the password is damaged; make it again with `assistant password FILE`."
            ) from error
        return password
    if not password or len(password) > LONGEST:
        raise UserError(f"The password must have between 1 and {LONGEST:,} characters.")
    return _hasher.hash(password)


def login_reply(request: HTTPConnection, problem: str = "", *, status: int = 401) -> HTMLResponse:
    """The page that asks for the password, and then leads to where the user wanted to go."""
    html = environment().get_template("login.html").render(problem=problem, wanted=wanted(request))
    return HTMLResponse(html, status, headers={"Content-Security-Policy": LOGIN_POLICY})


def wanted(request: HTTPConnection) -> str:
    """Where the user wanted to go: a document, or else (empty) the page."""
    scope = request.scope
    return f"document?{scope['query_string'].decode('latin-1')}" if scope["path"] == "/document" else ""


def _read(path: Path, corpus: Path) -> str:
    if path.resolve().is_relative_to(corpus.resolve()):
        raise UserError(
            f"{path} is inside the corpus, where it would be indexed. Keep the password elsewhere."
        )
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"The password file cannot be read: {path}.") from error


def _digest(token: str) -> str:
    """Looking up a hash takes a time that reveals nothing about the cookie."""
    return hashlib.sha256(token.encode()).hexdigest()
