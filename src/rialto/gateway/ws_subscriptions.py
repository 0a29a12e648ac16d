"""User data on one connection of the WebSocket API: which accounts it hears of.

In:  an account and the key that asked for it.
Out: each event of it in the wrapper that names the subscription; a last one when it ends.
Never: an account twice on one connection.
"""

from collections.abc import Callable

from rialto.gateway.feeds import Form
from rialto.gateway.sockets import Socket
from rialto.gateway.user_stream import UserStreams
from rialto.gateway.wire import ws_requests
from rialto.gateway.wire.errors import (
    NO_SUBSCRIPTION_ID_LEFT,
    SUBSCRIPTION_ACTIVE,
    SUBSCRIPTION_NOT_ACTIVE,
    TOO_MANY_SUBSCRIPTIONS,
    Refused,
)
from rialto.identity.api_keys import ApiKey

SUBSCRIPTIONS_MAX = 1_000  # active at once on one connection
SUBSCRIPTION_IDS_MAX = 65_535  # in the life of one connection


class Subscription:
    """A Subscriber of one account. of_session: it ends when its session logs out."""

    def __init__(self, socket: Socket, form: Form, key: ApiKey, *, of_session: bool) -> None:
        self._socket = socket
        self._form = form
        self.key = key
        self.of_session = of_session

    @property
    def divisor(self) -> int:
        return self._form.divisor

    def push(self, payload: str, sequence: int | None = None) -> None:
        self._socket.push(self._form.text(payload, sequence))


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

    def add(self, key: ApiKey, *, of_session: bool) -> int:
        """Its id. The events that come are those after the next time the event loop turns."""
        if any(each.key.account == key.account for each in self._active.values()):
            raise Refused(SUBSCRIPTION_ACTIVE)
        if len(self._active) >= SUBSCRIPTIONS_MAX:
            raise Refused(TOO_MANY_SUBSCRIPTIONS, SUBSCRIPTIONS_MAX)
        if self._next_id >= SUBSCRIPTION_IDS_MAX:
            raise Refused(NO_SUBSCRIPTION_ID_LEFT)
        number, self._next_id = self._next_id, self._next_id + 1
        form = self._form._replace(subscription=number)
        subscription = Subscription(self._socket, form, key, of_session=of_session)
        self._active[number] = subscription
        self._users.subscribe(key.account, subscription)
        return number

    def end(self, number: int, now_us: int) -> None:
        if number not in self._active:
            raise Refused(SUBSCRIPTION_NOT_ACTIVE)
        self.end_those(lambda id_, _: id_ == number, now_us)

    def end_those(self, chosen: Callable[[int, Subscription], bool], now_us: int) -> None:
        """Each is told that nothing more will come."""
        for number, subscription in list(self._active.items()):
            if chosen(number, subscription):
                self._users.unsubscribe(subscription.key.account, subscription)
                del self._active[number]
                subscription.push(ws_requests.stream_terminated(now_us // subscription.divisor))

    def leave(self) -> None:
        """The connection is over; there is nobody to be told."""
        for subscription in self._active.values():
            self._users.unsubscribe(subscription.key.account, subscription)
        self._active.clear()
