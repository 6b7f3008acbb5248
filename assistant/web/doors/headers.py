"""What each reply allows the browser: what may load, run, frame it, or be sent from it."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The viewer loads and runs nothing at all: what it shows may be hostile.
_NOTHING = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
DOCUMENT_POLICY = f"{_NOTHING}; form-action 'none'"
LOGIN_POLICY = f"{_NOTHING}; form-action 'self'"
# The page loads nothing from another host, and no document can make it. Gradio needs inline code and eval.
PAGE_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
ALWAYS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # a form's Origin would be "null" without a referrer
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class SafeHeaders:
    """Adds the headers that keep a hostile document from loading or running anything; streams pass."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                policy = DOCUMENT_POLICY if scope["path"] == "/document" else PAGE_POLICY
                headers.setdefault("Content-Security-Policy", policy)
                headers.update(ALWAYS)
                for name in [name for name in headers if name.startswith("access-control-")]:
                    del headers[name]  # Gradio admits any other page
            await send(message)

        await self._app(scope, receive, guarded)
