"""The WebSocket API: every endpoint of the table that has a name in it, over one connection.

In:  requests as JSON, many at a time; their parameters become texts and go where REST's go.
Out: a reply to each, as soon as there is one, so not always in their order; events of user data.
Never: a request that waits for another one, up to REQUESTS_IN_FLIGHT_MAX of a connection
     (ws_session.py); then it is not read from until one is answered.
"""

import asyncio
import logging
from collections.abc import Iterable
from functools import partial
from typing import Any

import msgspec

from rialto.gateway.caller import Security
from rialto.gateway.calls import Call
from rialto.gateway.cancel_on_disconnect import cancel_orders
from rialto.gateway.dispatch import Asked, Dispatch, Route, route
from rialto.gateway.endpoints import Endpoint
from rialto.gateway.feeds import Form
from rialto.gateway.sockets import (
    Asgi,
    Connections,
    Receive,
    Scope,
    Send,
    Socket,
    SocketLimits,
    address_of,
    frame_of,
    respond,
)
from rialto.gateway.user_stream import UserStreams
from rialto.gateway.wire import parameters, streams, ws_requests
from rialto.gateway.wire.documents import json_text
from rialto.gateway.wire.errors import (
    MANDATORY_PARAMETER,
    REJECTED_API_KEY,
    SBE_DISABLED,
    UNKNOWN,
    UNKNOWN_PARAMETER,
    UNSUPPORTED_OPERATION,
    Refused,
)
from rialto.gateway.wire.time_units import time_divisor
from rialto.gateway.wire.ws_requests import NO_ID, BadRequest, WsRequest
from rialto.gateway.ws_replies import Asking, Replies
from rialto.gateway.ws_session import SESSION_METHODS, SESSION_WEIGHT, Session, SessionRoute
from rialto.gateway.ws_subscriptions import Subscriptions

WS_API_PATH = "/ws-api/v3"
CONNECT_WEIGHT = 2
REQUESTS_PER_SECOND_MAX = 100_000  # of one connection; the weights are what holds clients back
LOOK_EVERY_SECONDS = 0.5
FINISH_SECONDS_MAX = 5.0  # for answers in flight at a planned stop
IN_ARRAY = frozenset(("sor.order.place",))  # whose result is an array of one
_log = logging.getLogger(__name__)


class WsApi:
    """The ASGI WebSocket handler of WS_API_PATH. run() is its clock while the gateway serves."""

    def __init__(
        self,
        dispatch: Dispatch,
        endpoints: Iterable[Endpoint],
        users: UserStreams,
        connections: Connections,
    ) -> None:
        self._dispatch = dispatch
        self._users = users
        self._connections = connections
        self._weights = dispatch.weights
        self._clock = dispatch.sources.clock
        self._limits = SocketLimits(REQUESTS_PER_SECOND_MAX)
        self._routes = {row.ws: route(row) for row in endpoints if row.ws is not None}
        self._session_routes = {
            method.name: SessionRoute(method, dispatch.authentication) for method in SESSION_METHODS
        }
        self._replies = Replies(dispatch.weights)
        self._sessions: set[Session] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        address, now_us = address_of(scope), self._clock()
        try:
            if scope["type"] == "websocket":
                self._weights.api_connections.charge(address, now_us)
                self._weights.charge(address, CONNECT_WEIGHT, now_us)
            form, shows_limits = _wanted(scope)
        except Refused as refused:
            wait = refused.retry_after_seconds
            await respond(scope, send, refused.status, json_text(refused.body), wait)
            return

        async def listen(socket: Socket) -> None:
            subscriptions = Subscriptions(self._users, socket, form)
            session = Session(socket, subscriptions, address, form.divisor, self._clock())
            session.answer = partial(self._take, session)
            session.shows_limits = shows_limits
            await self._listen(session)

        await self._connections.serve(Asgi(scope, receive, send), self._limits, listen)

    async def run(self) -> None:
        """Until canceled: nobody goes on listening with a key that is deleted."""
        is_known = self._dispatch.authentication.is_known
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            now_us = self._clock()
            for session in self._sessions:
                session.subscriptions.end_those(lambda _, each: not is_known(each.key), now_us)

    async def finish(self) -> None:
        """Before a planned stop: tell every client, take nothing more, answer what is in flight."""
        now_us = self._clock()
        for session in self._sessions:
            event = streams.server_shutdown(now_us // session.divisor)
            session.socket.push(f'{{"event":{event}}}')
            session.socket.intake.hold()
        endings = [asyncio.ensure_future(session.finish()) for session in self._sessions]
        if endings:
            await asyncio.wait(endings, timeout=FINISH_SECONDS_MAX)
        for ending in endings:
            ending.cancel()
        for session in self._sessions:
            session.socket.intake.take = None
            session.socket.intake.go_on()  # for the client's word that it has heard

    # One connection

    async def _listen(self, session: Session) -> None:
        self._sessions.add(session)
        try:
            session.socket.intake.take = session.receive
            while (text := await session.socket.read()) is not None:
                session.receive(text)
                await session.room()
        finally:
            self._sessions.discard(session)
            session.subscriptions.leave()
            await session.finish()  # what was sent in time counts
            for key in session.cancels.values():
                await cancel_orders(self._dispatch.sources, key, session.address)

    def _take(self, session: Session, text: str) -> None:
        """Answer a request at once, or begin to."""
        asking = Asking(session, self._clock(), session.shows_limits)
        try:
            request = ws_requests.parse(text)
            asking.id_text = request.id_text
            if session.key is not None:
                self._check_session(asking)
            self._begin(asking, request)
        except BadRequest as bad:
            asking.id_text = bad.id_text
            self._refuse_early(asking, bad.refused)
        except Refused as refused:
            self._refuse_early(asking, refused)

    def _check_session(self, asking: Asking) -> None:
        session = asking.session
        assert session.key is not None
        if not self._dispatch.authentication.is_known(session.key):
            session.log_out(asking.now_us)
            asking.id_text = NO_ID
            raise Refused(REJECTED_API_KEY)

    def _begin(self, asking: Asking, request: WsRequest) -> None:
        session = asking.session
        to = self._routes.get(request.method)
        if to is None:
            self._act(asking, request)
            return
        asked = _asked(asking, request.texts, to.security, takes_session=True)
        if asked.key is not None and not to.security.keyed:
            to = _checking_key(to, asked)
        session.in_flight += 1
        WsCall(self._dispatch, to, asked, asking, self._replies).start()

    def _act(self, asking: Asking, request: WsRequest) -> None:
        """A method of the session, in the order in which they came."""
        to = self._session_routes.get(request.method)
        if to is None:
            raise Refused(UNSUPPORTED_OPERATION)
        method, session = to.method, asking.session
        asked = _asked(asking, request.texts, method.security, takes_session=method.takes_session)
        try:
            self._weights.charge(session.address, SESSION_WEIGHT, asking.now_us)
            said = self._replies.result(asking, to.answer(session, asked))
        except Refused as refused:
            said = self._replies.refusal(asking, refused)
        session.socket.push_frame(frame_of(said))

    def _refuse_early(self, asking: Asking, refused: Refused) -> None:
        """What is not even a request weighs one all the same."""
        try:
            self._weights.charge(asking.session.address, 1, asking.now_us)
        except Refused as too_much:
            refused = too_much
        asking.session.socket.push_frame(frame_of(self._replies.refusal(asking, refused)))


class WsCall(Call):
    """One request of a connection to an endpoint."""

    __slots__ = ("asking", "replies")

    def __init__(
        self, dispatch: Dispatch, to: Route, asked: Asked, asking: Asking, replies: Replies
    ) -> None:
        super().__init__(dispatch, to, asked)
        self.asking = asking
        self.replies = replies

    def answered(self, answer: Any) -> None:
        self._note_account()
        if self.to.row.ws in IN_ARRAY:
            answer = [answer]
        self.asking.session.reply(self.replies.result(self.asking, answer))

    def refused(self, refused: Refused) -> None:
        self._note_account()
        self.asking.session.reply(self.replies.refusal(self.asking, refused))

    def failed(self) -> None:
        _log.exception("%s failed", self.to.row.ws)
        self.asking.session.reply(self.replies.refusal(self.asking, Refused(UNKNOWN)))

    def _note_account(self) -> None:
        caller = self.asked.caller
        if self.to.orders and caller is not None:
            self.asking.account = caller.account


def _asked(
    asking: Asking, texts: dict[str, str], security: Security, *, takes_session: bool
) -> Asked:
    """takes_session: whoever is logged on need neither name a key nor sign."""
    session = asking.session
    payload = ws_requests.signed_payload(texts) if "signature" in texts else b""
    shown = texts.pop("returnRateLimits", None)
    if shown is not None:
        asking.shows_limits = parameters.boolean("returnRateLimits", shown)
    key, in_session = texts.pop("apiKey", None), False
    if key is None and security.keyed:
        if session.key is None or not takes_session:
            raise Refused(MANDATORY_PARAMETER, "apiKey")
        key, in_session = session.key.key, "signature" not in texts
    return Asked(session.address, asking.now_us, session.divisor, key, payload, texts, in_session)


def _checking_key(to: Route, asked: Asked) -> Route:
    """Clients sign also what needs no key. Then it must be right."""
    security = Security.USER_DATA if "signature" in asked.texts else Security.KEY
    return msgspec.structs.replace(to, security=security, only_asks=True)


def _wanted(scope: Scope) -> tuple[Form, bool]:
    """How events are wanted, and whether rate limits are."""
    texts = parameters.parse(scope["query_string"], b"")
    if "responseFormat" in texts:
        raise Refused(SBE_DISABLED)
    divisor = time_divisor(texts.pop("timeUnit", None))
    sequenced = parameters.boolean("sequence", texts.pop("sequence", "false"))
    shows_limits = parameters.boolean("returnRateLimits", texts.pop("returnRateLimits", "true"))
    if texts:
        raise Refused(UNKNOWN_PARAMETER)
    return Form("", divisor, sequenced=sequenced), shows_limits
