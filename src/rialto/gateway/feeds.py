"""A stream and its readers: one message is written out once, however many hear it.

In:  a payload of a stream.
Out: the same text to every reader that wants it in the same form (bare or combined, ms or us).
"""

from collections.abc import Callable
from enum import Enum

from rialto.gateway.sockets import Socket


class TimeUnit(Enum):
    """Divides a time in microseconds."""

    MILLISECOND = 1000
    MICROSECOND = 1

    def of(self, time_us: int) -> int:
        return time_us // self.value


class Reader:
    """One connection to the streams: how it wants them, and which it has asked for."""

    def __init__(self, socket: Socket, combined: bool, unit: TimeUnit) -> None:
        self.socket = socket
        self.combined = combined  # in the wrapper that names the stream
        self.unit = unit
        self.names: dict[str, None] = {}  # in the order they were asked for

    def push(self, name: str, payload: str) -> None:
        self.socket.push(wrapped(name, payload) if self.combined else payload)


Render = Callable[[TimeUnit], str]


class Feed:
    """The readers of one stream."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.readers: dict[Reader, None] = {}

    def send(self, render: Render) -> None:
        """render gives the bare JSON payload in a time unit, once per unit that is wanted."""
        payloads: dict[TimeUnit, str] = {}
        combined: dict[TimeUnit, str] = {}
        for reader in self.readers:
            unit = reader.unit
            payload = payloads.get(unit)
            if payload is None:
                payload = payloads[unit] = render(unit)
            if reader.combined:
                text = combined.get(unit)
                if text is None:
                    text = combined[unit] = wrapped(self.name, payload)
                reader.socket.push(text)
            else:
                reader.socket.push(payload)


def wrapped(name: str, payload: str) -> str:
    """name is a stream of ours, so it needs no escaping."""
    return f'{{"stream":"{name}","data":{payload}}}'
