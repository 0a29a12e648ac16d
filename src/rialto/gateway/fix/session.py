"""One FIX session: who is there, whose turn it is, and that both sides are alive.

In:  messages whose frame is right, one by one; what its desk has to say.
Out: messages with their header, in order; a Reject for a mistake, a Logout where it ends.
Never: a message sent again. A gap in the numbers ends the session, and the next one begins at 1.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, Protocol
from uuid import uuid4

from rialto.gateway.caller import Authentication
from rialto.gateway.fix import framing, logon, times
from rialto.gateway.fix.bodies import Layout, Mistake, read_body
from rialto.gateway.fix.headers import VENUE, Incoming, next_sequence, read_header
from rialto.gateway.fix.profiles import Profile
from rialto.gateway.fix.rejects import reason_of
from rialto.gateway.weights import Window
from rialto.gateway.wire.errors import REJECTED_API_KEY, UNSUPPORTED_OPERATION, Refused
from rialto.gateway.wire.fix_errors import (
    ALREADY_LOGGED_ON,
    BAD_COMP_ID,
    BAD_SEQUENCE,
    TOO_MANY_MESSAGES,
)

BACKLOG_BYTES_MAX = 4 * 2**20  # written and not taken by the client yet
LOOK_EVERY_SECONDS = 0.5
IN_FLIGHT_MAX = 256  # requests that are not answered yet; then it is not read from
LAST_WORD = "Session is over."
_EMPTY, _TEST = Layout(frozenset()), Layout(frozenset((112,)))
_LOGOUT = Layout(frozenset((58,)))


class Desk(Protocol):
    """What one kind of session does. elsewhere: messages of the other kinds."""

    messages: Mapping[str, Callable[[Incoming], None]]
    elsewhere: frozenset[str]

    def begin(self) -> None: ...

    def end(self) -> None: ...


class Registry(Protocol):
    """Which sessions there are; Refused if one more of them is too many."""

    def enter(self, session: "Session") -> None: ...

    def leave(self, session: "Session") -> None: ...


class Place(NamedTuple):
    """Where sessions of one kind take place."""

    profile: Profile
    authentication: Authentication
    clock: Callable[[], int]
    registry: Registry
    desk: Callable[["Session"], Desk]


class Session:
    terms: logon.Terms

    def __init__(self, place: Place, writer: asyncio.StreamWriter, address: str) -> None:
        self.place = place
        self.address = address
        self.open = True
        self.said_goodbye = False  # the client did
        self._writer = writer
        self._peer = "-"
        self._entered = False
        self._expected = 1
        self._sent = 0
        self._limit = Window(place.profile.messages, TOO_MANY_MESSAGES)
        self._now = asyncio.get_running_loop().time
        self._heard_at = self._said_at = self._now()
        self._test_at: float | None = None  # when a TestRequest was sent that nobody answered
        self._incoming: Incoming | None = None
        self._in_flight = 0
        self._done = asyncio.Event()

    # What came

    def begin(self, fields: list[framing.Field]) -> None:
        """The first message. Refused: there is no session."""
        message = self._incoming = read_header(fields)
        self._peer = message.sender
        place = self.place
        self.terms = logon.check(message, place.profile, place.authentication, self.address)
        place.registry.enter(self)
        self._entered = True
        self._expected = 2
        self.desk = place.desk(self)
        heartbeat = self.terms.heartbeat_seconds
        self.send("A", [(98, 0), (108, heartbeat), (25037, uuid4().hex)])
        self.desk.begin()

    def take(self, fields: list[framing.Field]) -> None:
        """Refused: the session cannot go on."""
        self._heard_at, self._test_at, self._incoming = self._now(), None, None
        self._limit.charge("", 1, self.place.clock())
        message = self._incoming = read_header(fields)
        if message.sender != self.terms.sender:
            raise Refused(BAD_COMP_ID)
        if message.sequence != self._expected:
            raise Refused(BAD_SEQUENCE, self._expected)
        self._expected = next_sequence(self._expected)
        if not self.place.authentication.is_known(self.terms.key):
            raise Refused(REJECTED_API_KEY)
        try:
            if message.window is not None:
                texts = {"timestamp": str(message.sent_us), "recvWindow": message.window}
                self.place.authentication.check_time(texts)
            self._act(message)
        except Refused as refused:
            self.reject(message, refused)

    def _act(self, message: Incoming) -> None:
        match message.type:
            case "0":
                read_body(message.fields, _TEST)
            case "1":
                self.send("0", [(112, read_body(message.fields, _TEST).need(112))])
            case "5":
                read_body(message.fields, _LOGOUT)
                self.said_goodbye = True
                self.close(LAST_WORD)
            case "A":
                raise Mistake(ALREADY_LOGGED_ON)
            case kind if kind in self.desk.messages:
                self.desk.messages[kind](message)
            case kind if kind in self.desk.elsewhere:
                raise Mistake(self.place.profile.not_here, tag=framing.MSG_TYPE)
            case _:
                raise Mistake(UNSUPPORTED_OPERATION, tag=framing.MSG_TYPE)

    def note_begun(self) -> None:
        self._in_flight += 1

    def note_done(self) -> None:
        self._in_flight -= 1
        self._done.set()

    async def room(self) -> None:
        """Until one more message may be taken."""
        most = 1 if self.terms.in_sequence else IN_FLIGHT_MAX
        while self._in_flight >= most:
            self._done.clear()
            await self._done.wait()

    # What is said

    def send(self, kind: str, fields: Iterable[framing.Field | tuple[int, object]]) -> None:
        """Nobody is waited for: a client that does not read is cut off."""
        if not self.open:
            return
        self._sent = next_sequence(self._sent)
        self._said_at = self._now()
        header = (
            (framing.MSG_TYPE, kind),
            (49, VENUE),
            (56, self._peer),
            (34, self._sent),
            (52, times.written(self.place.clock())),
        )
        self._writer.write(framing.encode([*header, *fields]))
        if self._writer.transport.get_write_buffer_size() > BACKLOG_BYTES_MAX:
            self.open = False
            self._writer.transport.abort()

    def reject(self, message: Incoming | None, refused: Refused) -> None:
        tag = getattr(refused, "tag", 0)
        fields: list[tuple[int, object]] = []
        if message is not None:
            fields += [(45, message.sequence), (372, message.type)]
        if tag:
            fields.append((371, tag))
        fields += [(373, reason_of(refused.code)), (25016, refused.code), (58, refused.message)]
        self.send("3", fields)

    def fail(self, refused: Refused) -> None:
        """The session is over because of what came."""
        self.reject(self._incoming, refused)
        self.close(refused.message)

    def close(self, text: str) -> None:
        self.send("5", [(58, text)])
        self.open = False
        self._writer.close()

    @property
    def messages_used(self) -> int:
        return self._limit.used("", self.place.clock())

    # Time

    async def keep_alive(self) -> None:
        """Until canceled or over."""
        while self.open:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            if not self.place.authentication.is_known(self.terms.key):
                self.close(REJECTED_API_KEY.text)
                return
            self._look(self._now())

    def _look(self, now: float) -> None:
        interval = self.terms.heartbeat_seconds
        if self._test_at is not None:
            if now - self._test_at >= interval:
                self.close("No answer to TestRequest<1>.")
                return
        elif now - self._heard_at >= interval + LOOK_EVERY_SECONDS:
            self._test_at = now
            self.send("1", [(112, uuid4().hex)])
        if now - self._said_at >= interval:
            self.send("0", [])

    def end(self) -> None:
        """The connection is gone."""
        self.open = False
        if self._entered:
            self.desk.end()
            self.place.registry.leave(self)
