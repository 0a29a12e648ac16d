"""The outcome streams: match (trades), no-match (resting), other (rejected, expired, canceled).

In:  published events.
Out: each outcome in order to whoever subscribed, in process or as an operator over a WebSocket at
     /v1/outcomes/{match|no-match|other}; with `since`, first what the event log has of before.
Never: a wait in publish(). A subscriber that falls behind by SUBSCRIPTION_EVENTS_MAX is cut off
     with Lagged, which says where to go on.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable
from functools import partial

from rialto.gateway.past import Past, TooLongAgo
from rialto.gateway.sockets import (
    SLOW_CONSUMER,
    Asgi,
    CloseReason,
    Connections,
    Receive,
    Scope,
    Send,
    Socket,
    SocketLimits,
    respond,
)
from rialto.gateway.sources import Sources
from rialto.gateway.v1_caller import V1Callers, since_of
from rialto.gateway.wire import outcomes as wire
from rialto.gateway.wire.execution_ids import execution_id, sequence_of
from rialto.gateway.wire.outcomes import OUTCOMES, Outcome
from rialto.gateway.wire.v1 import Invalid, Reason
from rialto.identity.api_keys import Permission
from rialto.messages.events import Event
from rialto.messages.ids import Sequence

PATH = "/v1/outcomes"
SUBSCRIPTIONS_MAX = 256
SUBSCRIPTION_EVENTS_MAX = 65_536
MESSAGES_PER_SECOND_MAX = 5
CONNECT_WEIGHT = 2

TOO_OLD = CloseReason(1008, "since is too long ago.")


class Lagged(Exception):
    """The subscriber was too slow. It has read up to event_id, and can subscribe from there."""

    def __init__(self, event_id: int) -> None:
        self.event_id = event_id
        super().__init__(f"fell behind after event {event_id}")


class TooManySubscriptions(Exception):
    """SUBSCRIPTIONS_MAX are there already."""


class Subscription:
    """Outcomes of one kind, in order and without a gap. Read it from one task, and close it."""

    def __init__(
        self, outcome: Outcome, before: AsyncIterator[Event] | None, events_max: int
    ) -> None:
        self.outcome = outcome
        self.event_id = 0  # of the last event that was read
        self.is_closed = False
        self._before = before
        self._events_max = events_max
        self._waiting: deque[Event] = deque()
        self._arrived = asyncio.Event()
        self._lagged = False

    def put(self, events: Iterable[Event]) -> None:
        if self._lagged:
            return
        self._waiting.extend(event for event in events if OUTCOMES.get(type(event)) is self.outcome)
        if len(self._waiting) > self._events_max:
            self._lagged = True
            self._waiting.clear()
        self._arrived.set()

    async def next(self) -> Event:
        """The next one, as soon as there is one. Lagged; TooLongAgo for a `since` that is."""
        event = await self._next_before() or await self._next_waiting()
        self.event_id = execution_id(event)
        return event

    def close(self) -> None:
        self.is_closed = True

    async def _next_before(self) -> Event | None:
        if self._before is None:
            return None
        event = await anext(self._before, None)
        if event is None:
            self._before = None
        return event

    async def _next_waiting(self) -> Event:
        while not self._waiting:
            if self._lagged:
                raise Lagged(self.event_id)
            self._arrived.clear()
            await self._arrived.wait()
        return self._waiting.popleft()


class Outcomes:
    """A Listener of the folds."""

    def __init__(
        self, sources: Sources, past: Past, events_max: int = SUBSCRIPTION_EVENTS_MAX
    ) -> None:
        self._sources = sources
        self._past = past
        self._events_max = events_max
        self._subscriptions: list[Subscription] = []

    def subscribe(self, outcome: Outcome, since: int | None = None) -> Subscription:
        """Every outcome of a kind, after an event id or from now on."""
        self._subscriptions = [each for each in self._subscriptions if not each.is_closed]
        if len(self._subscriptions) >= SUBSCRIPTIONS_MAX:
            raise TooManySubscriptions
        before = None if since is None else self._before(outcome, since)
        subscription = Subscription(outcome, before, self._events_max)
        self._subscriptions.append(subscription)
        return subscription

    def publish(self, events: list[Event]) -> None:
        for subscription in self._subscriptions:
            if not subscription.is_closed:
                subscription.put(events)

    def _before(self, outcome: Outcome, since: int) -> AsyncIterator[Event]:
        after = Sequence(max(sequence_of(since) - 1, 0))
        until = self._sources.engine.sequence  # what comes after it waits in the subscription
        parts = self._past.read(after, until, lambda event: OUTCOMES.get(type(event)) is outcome)
        return _after(parts, since)


async def _after(parts: AsyncIterator[list[Event]], since: int) -> AsyncIterator[Event]:
    async for part in parts:
        for event in part:
            if execution_id(event) > since:
                yield event


class OutcomeDoor:
    """The ASGI handler of PATH/match, PATH/no-match and PATH/other; for keys of operators."""

    def __init__(
        self, outcomes: Outcomes, sources: Sources, callers: V1Callers, connections: Connections
    ) -> None:
        self._outcomes = outcomes
        self._sources = sources
        self._callers = callers
        self._connections = connections
        self._limits = SocketLimits(MESSAGES_PER_SECOND_MAX)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._callers.charge(scope, CONNECT_WEIGHT)
            outcome = Outcome(scope["path"].removeprefix(PATH + "/"))
            since = since_of(scope, self._sources.engine.sequence)
            self._callers.of_request(scope, b"", Permission.OPERATOR)
            subscription = self._outcomes.subscribe(outcome, since)
        except Invalid as invalid:
            await respond(scope, send, invalid.http_status, invalid.text)
            return
        except TooManySubscriptions:
            await respond(
                scope, send, 503, Invalid(Reason.OVERLOADED, "Too many subscriptions.").text
            )
            return
        try:
            listen = partial(self._listen, subscription)
            await self._connections.serve(Asgi(scope, receive, send), self._limits, listen)
        finally:
            subscription.close()

    async def _listen(self, subscription: Subscription, socket: Socket) -> None:
        teller = asyncio.create_task(self._tell(subscription, socket))
        try:
            while await socket.read() is not None:
                pass  # there is nothing to ask for
        finally:
            teller.cancel()
            await asyncio.wait({teller})

    async def _tell(self, subscription: Subscription, socket: Socket) -> None:
        instruments = self._sources.folds.catalog.instruments
        try:
            while socket.open:
                event = await subscription.next()
                await socket.room()
                socket.push(wire.text(event, instruments))
        except Lagged:
            socket.close(SLOW_CONSUMER)
        except TooLongAgo:
            socket.push(Invalid(Reason.TOO_OLD, TOO_OLD.text).text)
            socket.close(TOO_OLD)
