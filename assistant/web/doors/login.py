"""Signing in and out: a form, and a cookie that scripts cannot read."""

from typing import Annotated

from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from assistant.web.doors.passwords import SIGNED_IN, SIGNED_IN_SECONDS, Passwords, TooManyTries, login_reply

WRONG_PASSWORD = "This is not the password."
TOO_MANY_TRIES = "Too many wrong passwords. Wait a minute, then try again."


def add_login(app: FastAPI, passwords: Passwords | None) -> None:
    """The routes; where there is no password, both lead to the page."""

    @app.get("/login")
    def form(request: Request) -> Response:
        return login_reply(request, status=200) if passwords else _onward("")

    @app.post("/login")
    async def sign_in(
        request: Request, password: Annotated[str, Form()] = "", wanted: Annotated[str, Form()] = ""
    ) -> Response:
        if passwords is None:
            return _onward("")
        address = request.client.host if request.client else ""
        try:
            token = await run_in_threadpool(passwords.sign_in, password, address)
        except TooManyTries:
            return _again(request, TOO_MANY_TRIES, 429)
        if token is None:
            return _again(request, WRONG_PASSWORD, 401)
        reply = _onward(wanted)
        secure = request.url.scheme == "https"
        reply.set_cookie(
            SIGNED_IN, token, max_age=SIGNED_IN_SECONDS, httponly=True, samesite="strict", secure=secure
        )
        return reply

    @app.post("/logout")
    def sign_out(request: Request) -> Response:
        if passwords:
            passwords.sign_out(request.cookies.get(SIGNED_IN, ""))
        reply = _onward("")
        reply.delete_cookie(SIGNED_IN, httponly=True, samesite="strict")
        return reply


def _again(request: Request, problem: str, status: int) -> HTMLResponse:
    return login_reply(request, problem, status=status)


def _onward(wanted: str) -> RedirectResponse:
    """To the document that was requested before, or to the page; never to another site."""
    return RedirectResponse(f"./{wanted}" if wanted.startswith("document?") else "./", status_code=303)
