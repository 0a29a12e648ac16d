"""User data on one connection of the WebSocket API: which accounts it hears of.

In:  an account and the key that asked for it.
Out: each event of it in the wrapper that names the subscription; a last one when it ends.
Never: an account twice on one connection.
"""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from rialto.gateway.feeds import Feed, Form
from rialto.gateway.retention import TooLongAgo
from rialto.gateway.sockets import Socket
from rialto.gateway.user_stream import UserStreams
from rialto.gateway.wire import user_events
from rialto.gateway.wire.errors import (
    INVALID_PARAMETER,
    NO_SUBSCRIPTION_ID_LEFT,
    SUBSCRIPTION_ACTIVE,
    SUBSCRIPTION_NOT_ACTIVE,
    TOO_MANY_SUBSCRIPTIONS,
    Refused,
)
from rialto.identity.api_keys import ApiKey

SUBSCRIPTIONS_MAX = 1_000  # active at once on one connection
SUBSCRIPTION_IDS_MAX = 65_535  # in the life of one connection


class Subscription(NamedTuple):
    """of_session: it ends when its session logs out. resuming: it is told what it missed."""

    key: ApiKey
    form: Form
    of_session: bool
    resuming: asyncio.Task[None] | None


class Subscriptions:
    def __init__(self, users: UserStreams, socket: Socket, form: Form) -> None:
        """form: how events are wanted, but for the number of the subscription."""
        self._users = users
        self._socket = socket
        self._form = form
        self._active: dict[int, Subscription] = {}
        self._next_id = 0

    @property
    def ids(self) -> list[int]:
        return list(self._active)

    @property
    def has_of_session(self) -> bool:
        return any(each.of_session for each in self._active.values())

    def add(self, key: ApiKey, since: int | None, *, of_session: bool) -> int:
        """Its id. The events that come are those after the next time the event loop turns; with
        `since`, first those after the one with that number.
        """
        if any(each.key.account == key.account for each in self._active.values()):
            raise Refused(SUBSCRIPTION_ACTIVE)
        if len(self._active) >= SUBSCRIPTIONS_MAX:
            raise Refused(TOO_MANY_SUBSCRIPTIONS, SUBSCRIPTIONS_MAX)
        if self._next_id >= SUBSCRIPTION_IDS_MAX:
            raise Refused(NO_SUBSCRIPTION_ID_LEFT)
        feed = self._users.feed(key.account)
        resuming = None
        form = self._form._replace(subscription=self._next_id)
        if since is None:
            feed.add(self._socket, form)
        else:
            if not feed.has_after(since):
                raise Refused(INVALID_PARAMETER, "since")
            form = form._replace(sequenced=True)
            resuming = asyncio.create_task(self._resume(feed, form, since))
        number, self._next_id = self._next_id, self._next_id + 1
        self._active[number] = Subscription(key, form, of_session, resuming)
        return number

    def end(self, number: int, now_us: int) -> None:
        if number not in self._active:
            raise Refused(SUBSCRIPTION_NOT_ACTIVE)
        self.end_those(lambda id_, _: id_ == number, now_us)

    def end_those(self, chosen: Callable[[int, Subscription], bool], now_us: int) -> None:
        """Each is told that nothing more will come."""
        for number, subscription in list(self._active.items()):
            if chosen(number, subscription):
                del self._active[number]
                self._leave(subscription)
                self._tell_end(subscription.form, now_us)

    def leave(self) -> None:
        """The connection is over; there is nobody to be told."""
        for subscription in self._active.values():
            self._leave(subscription)
        self._active.clear()

    def _leave(self, subscription: Subscription) -> None:
        self._users.feed(subscription.key.account).remove(self._socket, subscription.form)
        if subscription.resuming is not None:
            subscription.resuming.cancel()

    async def _resume(self, feed: Feed, form: Form, since: int) -> None:
        try:
            await feed.resume(self._socket, form, since)
        except TooLongAgo:  # it was slower than what it missed is forgotten
            assert form.subscription is not None
            del self._active[form.subscription]
            self._tell_end(form, self._users.clock())

    def _tell_end(self, form: Form, now_us: int) -> None:
        event = user_events.event_stream_terminated(now_us // form.divisor)
        self._socket.push(form.text(event))
