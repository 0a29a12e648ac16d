"""Whole documents at a path of their own: read with GET or HEAD, nothing else."""

from collections.abc import Callable

from rialto.gateway.rest import Receive, Scope, Send

HTML = "text/html;charset=UTF-8"
JSON = "application/json;charset=UTF-8"


class Page:
    """An ASGI application. read is called for every request, so it may say something new."""

    def __init__(self, content_type: str, read: Callable[[], bytes]) -> None:
        self._content_type = content_type.encode()
        self._read = read

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        found = scope["method"] in ("GET", "HEAD")
        body = self._read() if found else b""
        headers = [
            (b"content-type", self._content_type),
            (b"content-length", b"%d" % len(body)),
        ]
        status = 200 if found else 405
        await send({"type": "http.response.start", "status": status, "headers": headers})
        sent = b"" if scope["method"] == "HEAD" else body
        await send({"type": "http.response.body", "body": sent})
