"""The first design's own door: POST /v1/orders and the WebSocket /v1/orders.

In:  orders in that design's words, under a key that owns the userID they name.
Out: an answer at once; then every later status of the order, to all of the owner's connections.
Never: a second trade for an orderId that was sent again: it is the client order id.
"""

import asyncio

from rialto.gateway.past import Past, TooLongAgo
from rialto.gateway.sockets import (
    Asgi,
    CloseReason,
    Connections,
    Receive,
    Scope,
    Send,
    Socket,
    SocketLimits,
    address_of,
    respond,
)
from rialto.gateway.sources import Sources
from rialto.gateway.v1_caller import V1Callers, key_text, since_of
from rialto.gateway.v1_connection import Connection, Said
from rialto.gateway.v1_orders import OrderDesk
from rialto.gateway.v1_statuses import Statuses, parties
from rialto.gateway.wire import v1
from rialto.gateway.wire.v1 import Invalid, Reason
from rialto.gateway.wire.v1_statuses import authenticated
from rialto.identity.api_keys import ApiKey, Permission
from rialto.messages import events as e
from rialto.messages.ids import AccountId

PATH = "/v1/orders"
MESSAGE_BYTES_MAX = 4_096
MESSAGES_PER_SECOND_MAX = 1_000
IN_FLIGHT_MAX = 256  # orders of one connection that wait for the engine; then it is not read
AUTHENTICATION_SECONDS_MAX = 10.0
POST_WEIGHT = 1
CONNECT_WEIGHT = 2

NOT_AUTHENTICATED = CloseReason(1008, "Not authenticated.")
TOO_OLD = CloseReason(1008, "since is too long ago; connect without it and query the orders.")


class V1Door:
    """The ASGI handler of PATH, and a Witness of the folds."""

    def __init__(
        self,
        sources: Sources,
        callers: V1Callers,
        connections: Connections,
        past: Past,
        quote: str,
    ) -> None:
        self._sources = sources
        self._callers = callers
        self._connections = connections
        self._desk = OrderDesk(sources, callers.weights, quote)
        self._statuses = Statuses(sources, past, quote)
        self._limits = SocketLimits(MESSAGES_PER_SECOND_MAX, MESSAGE_BYTES_MAX)
        self._owners: dict[AccountId, set[Connection]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._serve(scope, receive, send)
        elif scope["method"] == "POST":
            await self._post(scope, receive, send)
        else:
            await respond(
                scope, send, 405, Invalid(Reason.MALFORMED, "orders are sent by POST").text
            )

    # Witness

    @property
    def listening(self) -> bool:
        return bool(self._owners)

    def hear(self, event: e.Event, _: str) -> None:
        if isinstance(event, e.OrderRejected):
            if event.account in self._owners and (said := self._statuses.of_rejected(event)):
                for connection in self._owners[event.account]:
                    connection.tell(said)
            return
        for order_id, account in parties(event):
            connections = self._owners.get(account)
            if not connections:
                continue
            order = self._sources.folds.orders.find(order_id)
            assert order is not None, f"order {order_id} is unknown right after an event of its"
            instrument = self._statuses.instrument(order.instrument)
            if instrument and (said := self._statuses.of_order(event, order, instrument)):
                for connection in connections:
                    connection.tell(said)

    def end_command(self) -> None:
        """Nothing waits for it."""

    # HTTP

    async def _post(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._callers.charge(scope, POST_WEIGHT)
            body = await _body(receive)
            if body is None:
                return
            caller = self._callers.of_request(scope, body, Permission.TRADE)
            assert caller.key is not None
            command, instrument = self._desk.command(v1.new_order(v1.read(body)), caller.key)
            said = await self._desk.place(command, instrument, caller)
            status, text = 400, said.text
            if said.order_id is not None:
                status = 200
                self._callers.give_back(scope, POST_WEIGHT)
        except Invalid as invalid:
            status, text = invalid.http_status, invalid.text
        await respond(scope, send, status, text)

    # WebSocket

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._callers.charge(scope, CONNECT_WEIGHT)
            since = since_of(scope, self._sources.engine.sequence)
            key: ApiKey | None = None
            if key_text(scope) is not None:
                key = self._callers.of_request(scope, b"", Permission.READ).key
        except Invalid as invalid:
            await respond(scope, send, invalid.http_status, invalid.text)
            return
        address = address_of(scope)

        async def listen(socket: Socket) -> None:
            owner = key or await self._authenticate(socket, address)
            if owner is not None:
                await self._listen(Connection(socket, owner), address, since)

        await self._connections.serve(Asgi(scope, receive, send), self._limits, listen)

    async def _authenticate(self, socket: Socket, address: str) -> ApiKey | None:
        """By the first message; None if the connection is over."""
        try:
            async with asyncio.timeout(AUTHENTICATION_SECONDS_MAX):
                text = await socket.read()
            if text is None:
                return None
            key = self._callers.of_message(text, Permission.READ, address)
            socket.push(authenticated(key.user))
            return key
        except TimeoutError:
            pass
        except Invalid as invalid:
            socket.push(invalid.text)
        socket.close(NOT_AUTHENTICATED)
        return None

    async def _listen(self, connection: Connection, address: str, since: int | None) -> None:
        account = connection.key.account
        self._owners.setdefault(account, set()).add(connection)
        try:
            if await self._catch_up(connection, since):
                await self._take_orders(connection, address)
        finally:
            self._owners[account].discard(connection)
            if not self._owners[account]:
                del self._owners[account]

    async def _catch_up(self, connection: Connection, since: int | None) -> bool:
        """Tell what was missed, while what happens now is held. False if that cannot be told."""
        if since is not None:
            account, until = connection.key.account, self._sources.engine.sequence
            try:
                async for said in self._statuses.missed(account, since, until):
                    await connection.socket.room()
                    connection.socket.push(said.text)
            except TooLongAgo:
                connection.socket.push(Invalid(Reason.TOO_OLD, TOO_OLD.text).text)
                connection.socket.close(TOO_OLD)
                return False
        connection.caught_up()
        return True

    async def _take_orders(self, connection: Connection, address: str) -> None:
        in_flight = asyncio.Semaphore(IN_FLIGHT_MAX)
        async with asyncio.TaskGroup() as orders:
            while (text := await connection.socket.read()) is not None:
                await in_flight.acquire()
                order = orders.create_task(self._take_order(connection, address, text))
                order.add_done_callback(lambda _: in_flight.release())

    async def _take_order(self, connection: Connection, address: str, text: str) -> None:
        caller = self._callers.of_connection(address, connection.key)
        try:
            order = v1.new_order(v1.read(text))
            command, instrument = self._desk.command(order, connection.key)
        except Invalid as invalid:
            connection.socket.push(invalid.text)
            return
        connection.owe()
        try:
            connection.answer(await self._desk.place(command, instrument, caller))
        except Invalid as invalid:
            connection.answer(Said(None, None, invalid.text))


async def _body(receive: Receive) -> bytes | None:
    """None if the client went away; Invalid if it is larger than any order."""
    body: bytes = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body") or b""
        if len(body) > MESSAGE_BYTES_MAX:
            raise Invalid(Reason.MALFORMED, f"an order has at most {MESSAGE_BYTES_MAX} bytes")
        if not message.get("more_body"):
            return body
