"""What the WebSocket API knows of one connection: who is logged on, and what was asked for it to
do.

In:  the session methods of the table below, which REST has not.
Out: their results. They are answered in the order in which they came, at once.
Never: a session with anything but an Ed25519 key: whoever has seen a logon must not be able to
     make another.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from rialto.gateway.caller import Authentication, Security
from rialto.gateway.dispatch import Asked
from rialto.gateway.sockets import TOO_MANY_MESSAGES, Socket, frame_of
from rialto.gateway.wire import requests, session_requests
from rialto.gateway.wire.answers import Answer, Nothing
from rialto.gateway.wire.errors import (
    ED25519_ONLY,
    REJECTED_API_KEY,
    TOO_MANY_ACCOUNTS,
    Refused,
)
from rialto.gateway.wire.parameters import Reader
from rialto.gateway.ws_subscriptions import Subscriptions
from rialto.identity.api_keys import ApiKey, Permission
from rialto.identity.public_keys import KeyType
from rialto.messages.ids import AccountId

SESSION_WEIGHT = 2  # of every method here
REQUESTS_IN_FLIGHT_MAX = 256  # of one connection
REPLIES_PER_WRITE = 32
REQUESTS_WAITING_MAX = 16_384  # that came in one piece before the connection could be held
ACCOUNTS_MAX = 100  # whose orders one connection may cancel at its end


class SessionStatus(Answer, frozen=True):
    api_key: str | None
    authorized_since: int | None
    connected_since: int
    return_rate_limits: bool
    server_time: int
    user_data_stream: bool


class SubscriptionId(Answer, frozen=True):
    subscription_id: int


class CancelsOnDisconnect(Answer, frozen=True):
    cancel_on_disconnect: bool


class Session:
    """The state of one connection. answer: called with each request when it is its turn."""

    answer: Callable[[str], None]

    def __init__(
        self,
        socket: Socket,
        subscriptions: Subscriptions,
        address: str,
        divisor: int,
        connected_us: int,
    ) -> None:
        self.socket = socket
        self.subscriptions = subscriptions
        self.address = address
        self.divisor = divisor
        self.connected_us = connected_us
        self.shows_limits = True
        self.key: ApiKey | None = None
        self.authorized_us = 0
        self.cancels: dict[AccountId, ApiKey] = {}  # whose orders go when this connection goes
        self.in_flight = 0  # requests that are not answered yet
        self._waiting: deque[str] = deque()
        self._is_answering = False
        self._done = asyncio.Event()
        self._is_awaited = False

    # Requests

    def receive(self, text: str) -> None:
        """It is answered at once, unless too many are in flight."""
        if not self._waiting and self.in_flight < REQUESTS_IN_FLIGHT_MAX:
            self.answer(text)
            return
        if len(self._waiting) >= REQUESTS_WAITING_MAX:
            self.socket.close(TOO_MANY_MESSAGES)
            return
        self._waiting.append(text)
        self.socket.intake.hold()

    def reply(self, payload: bytes) -> None:
        """To a request that was in flight. Replies are many when a batch of orders is durable: the
        client may begin with some of them while the rest is written out.
        """
        socket, frame = self.socket, frame_of(payload)
        self.in_flight -= 1
        if not self.in_flight or socket.waiting >= REPLIES_PER_WRITE:
            socket.push_last(frame)
        else:
            socket.push_frame(frame)
        if self._is_awaited:
            self._is_awaited = False
            self._done.set()
        if self._waiting and not self._is_answering:
            self._answer_waiting()

    def _answer_waiting(self) -> None:
        self._is_answering = True  # what is answered at once comes back to reply()
        while self._waiting and self.in_flight < REQUESTS_IN_FLIGHT_MAX:
            self.answer(self._waiting.popleft())
        self._is_answering = False
        if not self._waiting:
            self.socket.intake.go_on()

    async def room(self) -> None:
        """Wait until one more can be answered at once."""
        while self._waiting or self.in_flight >= REQUESTS_IN_FLIGHT_MAX:
            await self._next_done()

    async def finish(self) -> None:
        """Answer nothing more, and wait for what is in flight. It has an end to its patience."""
        self._waiting.clear()
        while self.in_flight:
            await self._next_done()

    async def _next_done(self) -> None:
        self._done.clear()
        self._is_awaited = True
        await self._done.wait()

    # Who is logged on

    def log_on(self, key: ApiKey, now_us: int) -> None:
        self.key, self.authorized_us = key, now_us

    def log_out(self, now_us: int) -> None:
        self.key = None
        self.subscriptions.end_those(lambda _, each: each.of_session, now_us)


class Call(NamedTuple):
    session: Session
    key: ApiKey | None
    request: Any
    asked: Asked


class SessionMethod(NamedTuple):
    """takes_session: whoever is logged on need not sign it. only_asks: it changes nothing, so that
    a signature may be used for it again.
    """

    name: str
    security: Security
    request: type[requests.Request]
    act: Callable[[Call], Any]
    takes_session: bool = True
    only_asks: bool = False


class SessionRoute:
    """A method, and what follows from it, looked up once."""

    def __init__(self, method: SessionMethod, authentication: Authentication) -> None:
        self.method = method
        self._reader = Reader(method.request)
        self._authentication = authentication

    def answer(self, session: Session, asked: Asked) -> Any:
        """Refused like any other request. The weight is charged already."""
        sent = len(asked.texts)
        key = self._key(asked)
        request = self._reader.read(asked.texts, sent - len(asked.texts))
        return self.method.act(Call(session, key, request, asked))

    def _key(self, asked: Asked) -> ApiKey | None:
        method, authentication = self.method, self._authentication
        if not method.security.keyed:
            return None
        key = authentication.find(asked.key, method.security.permission, asked.address)
        if asked.in_session:
            authentication.check_time(asked.texts)
        else:
            authentication.check_signed(key, asked.payload, asked.texts, only_asks=method.only_asks)
        return key


def _status(call: Call) -> SessionStatus:
    session, key = call.session, call.session.key
    divisor = session.divisor
    return SessionStatus(
        key.key if key else None,
        session.authorized_us // divisor if key else None,
        session.connected_us // divisor,
        session.shows_limits,
        call.asked.received_us // divisor,
        session.subscriptions.has_of_session,
    )


def _log_on(call: Call) -> SessionStatus:
    assert call.key is not None
    if call.key.type is not KeyType.ED25519:
        raise Refused(ED25519_ONLY)
    call.session.log_on(call.key, call.asked.received_us)
    return _status(call)


def _log_out(call: Call) -> SessionStatus:
    call.session.log_out(call.asked.received_us)
    return _status(call)


def _subscriptions(call: Call) -> list[SubscriptionId]:
    return [SubscriptionId(number) for number in call.session.subscriptions.ids]


def _subscribe(call: Call) -> SubscriptionId:
    """As whoever is logged on."""
    key = call.session.key
    if key is None or not key.permissions & Permission.READ:
        raise Refused(REJECTED_API_KEY)
    return SubscriptionId(call.session.subscriptions.add(key, call.request.since, of_session=True))


def _subscribe_signed(call: Call) -> SubscriptionId:
    assert call.key is not None
    return SubscriptionId(
        call.session.subscriptions.add(call.key, call.request.since, of_session=False)
    )


def _unsubscribe(call: Call) -> Nothing:
    subscriptions, now_us = call.session.subscriptions, call.asked.received_us
    number = call.request.subscription_id
    if number is None:
        subscriptions.end_those(lambda _, __: True, now_us)
    else:
        subscriptions.end(number, now_us)
    return Nothing()


def _cancel_on_disconnect(call: Call) -> CancelsOnDisconnect:
    """For the account of whoever asks, until it is turned off or the connection ends."""
    assert call.key is not None
    cancels = call.session.cancels
    if call.request.enabled:
        if len(cancels) >= ACCOUNTS_MAX:
            raise Refused(TOO_MANY_ACCOUNTS, ACCOUNTS_MAX)
        cancels[call.key.account] = call.key
    else:
        cancels.pop(call.key.account, None)
    return CancelsOnDisconnect(call.request.enabled)


NONE, SESSION = Security.NONE, Security.SESSION
TRADE, USER_DATA = Security.TRADE, Security.USER_DATA
SESSION_METHODS = (
    SessionMethod("session.logon", SESSION, requests.Nothing, _log_on, takes_session=False),
    SessionMethod("session.status", NONE, requests.Nothing, _status),
    SessionMethod("session.logout", NONE, requests.Nothing, _log_out),
    SessionMethod("session.subscriptions", NONE, requests.Nothing, _subscriptions),
    SessionMethod("userDataStream.subscribe", NONE, session_requests.Subscribe, _subscribe),
    SessionMethod(
        "userDataStream.subscribe.signature",
        USER_DATA,
        session_requests.Subscribe,
        _subscribe_signed,
        takes_session=False,
        only_asks=True,
    ),
    SessionMethod("userDataStream.unsubscribe", NONE, session_requests.Unsubscribe, _unsubscribe),
    # Not one of Binance's: whoever wants it asks for it.
    SessionMethod(
        "session.cancelOnDisconnect",
        TRADE,
        session_requests.CancelOnDisconnect,
        _cancel_on_disconnect,
    ),
)
