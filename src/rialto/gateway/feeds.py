"""A stream and its readers: one message is written out once, however many hear it.

In:  a payload of a stream.
Out: the same frame to every reader that wants it in the same form; its number, for those who count.
Never: a payload written out for a stream that nobody reads.
"""

from collections.abc import Callable
from typing import NamedTuple

from rialto.gateway.retention import (
    RETAINED_US,
    Message,
    Retained,
    Retention,
    TooLongAgo,
)
from rialto.gateway.sockets import Socket, text_frame
from rialto.gateway.wire.time_units import MICROSECOND, MILLISECOND

RESUMED_AT_ONCE = 256  # messages, before others have their turn

Render = Callable[[int], str]  # the bare JSON payload; times are divided by the argument


class Form(NamedTuple):
    """How a reader wants a stream. name: as it was asked for, and needs no escaping."""

    name: str
    divisor: int = MILLISECOND
    combined: bool = False
    sequenced: bool = False
    subscription: int | None = None  # of the WebSocket API, which has a wrapper of its own

    def text(self, payload: str, sequence: int | None = None) -> str:
        """sequence is None for what is no message of the stream, and has no number."""
        number = f'"sequence":{sequence},' if self.sequenced and sequence is not None else ""
        if self.subscription is not None:
            return f'{{"subscriptionId":{self.subscription},{number}"event":{payload}}}'
        if self.combined:
            return f'{{"stream":"{self.name}",{number}"data":{payload}}}'
        return f'{{{number}"data":{payload}}}' if number else payload


class Feed:
    """The readers of one stream. sequence: of the last message."""

    def __init__(self, retention: Retention, now_us: int) -> None:
        self.sequence = retention.first_sequence(now_us)
        self._retention = retention
        self._retained: Retained | None = None
        self._retained_until_us = 0
        self._groups: dict[Form, dict[Socket, None]] = {}

    @property
    def is_read(self) -> bool:
        """Or may be, by somebody who comes back and goes on where it left."""
        return bool(self._groups) or self._retained is not None

    @property
    def has_readers(self) -> bool:
        return bool(self._groups)

    def add(self, socket: Socket, form: Form) -> None:
        self._groups.setdefault(form, {})[socket] = None
        if form.sequenced and self._retained is None:
            self._retained = self._retention.begin(self.sequence)

    def remove(self, socket: Socket, form: Form) -> None:
        """Nothing happens if it is not there."""
        sockets = self._groups.get(form)
        if sockets is not None and socket in sockets:
            del sockets[socket]
            if not sockets:
                del self._groups[form]

    def remove_all(self, name: str) -> None:
        """Everybody who asked for the stream by this name."""
        self._groups = {form: group for form, group in self._groups.items() if form.name != name}

    def forget_past(self, now_us: int) -> None:
        """Every now and then: nobody who counts has read for so long that none will come back."""
        if self._retained is None:
            return
        if any(form.sequenced for form in self._groups) or not self._retained_until_us:
            self._retained_until_us = now_us + RETAINED_US
        elif now_us >= self._retained_until_us:
            self._retained = None
            self._retained_until_us = 0
            self._retention.end()

    def end(self) -> None:
        """It is not kept any longer."""
        self._retention.note(self.sequence)
        if self._retained is not None:
            self._retained = None
            self._retention.end()

    def send(self, *renders: Render) -> None:
        """Messages in their order; to a reader they go as one."""
        first = self.sequence + 1
        self.sequence += len(renders)
        payloads: dict[int, list[str]] = {}  # by the divisor
        if self._retained is not None:
            for divisor in (MILLISECOND, MICROSECOND):
                payloads[divisor] = [render(divisor) for render in renders]
            both = zip(payloads[MILLISECOND], payloads[MICROSECOND], strict=True)
            for sequence, (in_ms, in_us) in enumerate(both, first):
                self._retained.add(Message(sequence, in_ms, in_us))
        for form, sockets in self._groups.items():
            wanted = payloads.get(form.divisor)
            if wanted is None:
                wanted = payloads[form.divisor] = [render(form.divisor) for render in renders]
            texts = [form.text(payload, sequence) for sequence, payload in enumerate(wanted, first)]
            frames, count = b"".join(map(text_frame, texts)), len(texts)
            for socket in sockets:
                socket.push_frame(frames, count)

    def tell_all(self, name: str, render: Render) -> None:
        """Something that is no message of the stream, to those who asked for it by this name."""
        for form, sockets in self._groups.items():
            if form.name == name:
                frame = text_frame(form.text(render(form.divisor)))
                for socket in sockets:
                    socket.push_frame(frame)

    def close_all(self, close: Callable[[Socket], None]) -> None:
        for sockets in self._groups.values():
            for socket in sockets:
                close(socket)

    def has_after(self, since: int) -> bool:
        """Whether resume() could go on from there now."""
        try:
            return self._retained is not None and self._retained.after(since, 0) == []
        except TooLongAgo:
            return False

    async def resume(self, socket: Socket, form: Form, since: int) -> None:
        """What was said after `since`, then what will be. TooLongAgo if something is missing."""
        self._retained_until_us = 0  # it is of use
        while socket.open:
            if self._retained is None:
                raise TooLongAgo
            missed = self._retained.after(since, RESUMED_AT_ONCE)
            if not missed:
                self.add(socket, form)  # nothing can be said between this and the line above
                return
            for message in missed:
                socket.push(form.text(message.payload(form.divisor), message.sequence))
            since = missed[-1].sequence
            await socket.room()
