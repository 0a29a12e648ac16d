"""The pages besides the documentation: the first one, and the metrics."""

from collections.abc import Callable
from importlib import resources

from rialto.gateway.app import Gateway
from rialto.gateway.rest import Receive, Scope, Send
from rialto.telemetry import METRICS_CONTENT_TYPE, Metrics

HTML = "text/html;charset=UTF-8"


def mount_pages(gateway: Gateway, metrics: Metrics) -> None:
    welcome = resources.files(__package__).joinpath("welcome.html").read_bytes()
    gateway.mount("/", Page(HTML, lambda: welcome))
    gateway.mount("/metrics", Page(METRICS_CONTENT_TYPE, metrics.page))


class Page:
    """An ASGI application for GET and HEAD."""

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
        await send(
            {"type": "http.response.start", "status": 200 if found else 405, "headers": headers}
        )
        await send(
            {"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body}
        )
