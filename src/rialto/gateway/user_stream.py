"""User streams: what happens to an account's orders and balances, for its owner.

In:  events one by one, with the orders and balances as they are at that event (sources.Folds).
Out: an execution report for every step of an order; after each command, the balances it touched;
     to readers of a listen key, and to subscribers of an account (the WebSocket API).
Never: another account's events. The order of the messages is that of the log.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, Protocol

from rialto.gateway.caller import Clock
from rialto.gateway.feeds import Feed, Render
from rialto.gateway.listen_keys import ListenKey, ListenKeys
from rialto.gateway.retention import Retention
from rialto.gateway.sources import Folds
from rialto.gateway.wire import execution_reports, user_events
from rialto.gateway.wire.execution_reports import NOTHING, Fill, Prevented, Reporter
from rialto.gateway.wire.user_events import Times
from rialto.messages import events as e
from rialto.messages.ids import AccountId, AssetId, OrderId
from rialto.messages.orders import ExpiryReason, Side
from rialto.messages.postings import postings
from rialto.projections.orders import Order

EXPIRY_TICKS = 10  # listen keys are looked at once a second


class Subscriber(Protocol):
    """Hears of an account without a listen key."""

    @property
    def divisor(self) -> int:
        """Of its time unit, as in wire/time_units.py."""

    def push(self, payload: str, sequence: int) -> None:
        """One event, as bare JSON in that unit, and its number in the account's stream."""


class AccountFeed(Feed):
    """Who hears of one account, and the assets that the command at hand has moved."""

    def __init__(self, retention: Retention, now_us: int) -> None:
        super().__init__(retention, now_us)
        self.listen_key = ""
        self.subscribers: dict[Subscriber, None] = {}
        self.touched: dict[AssetId, None] = {}
        self.touched_us = 0

    @property
    def is_read(self) -> bool:
        return bool(self.subscribers) or super().is_read

    def send(self, render: Render) -> None:
        render = cache(render)
        super().send(render)
        for subscriber in self.subscribers:
            subscriber.push(render(subscriber.divisor), self.sequence)


class UserStreams:
    """A StreamSource whose names are listen keys, and a Witness of the folds."""

    def __init__(self, folds: Folds, listen_keys: ListenKeys, clock: Clock) -> None:
        self._listen_keys = listen_keys
        self._orders = folds.orders
        self._balances = folds.balances
        self._catalog = folds.catalog
        self._clock = clock
        self._retention = Retention()
        self._feeds: dict[AccountId, AccountFeed] = {}
        self._touched: dict[AccountId, AccountFeed] = {}  # by the command at hand
        self._tellers: dict[type[e.Event], Callable[[Any, str], None]] = {
            e.OrderPlaced: self._placed,
            e.TradeExecuted: self._executed,
            e.OrderCanceled: self._canceled,
            e.OrderExpired: self._expired,
            e.OrderAmended: self._amended,
            e.MatchPrevented: self._prevented,
            e.OrderRejected: self._rejected,
            e.Deposited: self._deposited,
            e.WithdrawalSettled: self._withdrawn,
            e.Transferred: self._transferred,
        }

    @property
    def listening(self) -> bool:
        return any(feed.is_read for feed in self._feeds.values())

    def subscribe(self, account: AccountId, subscriber: Subscriber) -> None:
        """From the next event on."""
        self._feed_of(account).subscribers[subscriber] = None

    def unsubscribe(self, account: AccountId, subscriber: Subscriber) -> None:
        feed = self._feeds.get(account)
        if feed is not None:
            feed.subscribers.pop(subscriber, None)

    def find_feed(self, name: str) -> Feed | None:
        key = self._listen_keys.find(name)
        if key is None:
            return None
        feed = self._feed_of(key.account)
        self._leave_old_key(feed, name)
        return feed

    def tick(self, number: int, now_us: int) -> None:
        if number % EXPIRY_TICKS:
            return
        for key in self._listen_keys.expire(now_us):
            self._tell_expired(key, now_us)
        for account, feed in list(self._feeds.items()):
            if self._listen_keys.find(feed.listen_key) is None:
                self._leave_old_key(feed, "")
            feed.forget_past(now_us)
            if not feed.is_read:
                feed.end()
                del self._feeds[account]

    def _feed_of(self, account: AccountId) -> AccountFeed:
        feed = self._feeds.get(account)
        if feed is None:
            feed = self._feeds[account] = AccountFeed(self._retention, self._clock())
        return feed

    def _leave_old_key(self, feed: AccountFeed, name: str) -> None:
        """An account has one listen key; what was read by another is over."""
        if feed.listen_key != name:
            feed.remove_all(feed.listen_key)
            feed.listen_key = name

    def _tell_expired(self, key: ListenKey, now_us: int) -> None:
        feed = self._feeds.get(key.account)
        if feed is not None and feed.listen_key == key.text:
            feed.tell_all(
                key.text,
                lambda divisor: user_events.listen_key_expired(key.text, now_us // divisor),
            )

    def hear(self, event: e.Event, client_order_id_before: str) -> None:
        tell = self._tellers.get(type(event))
        if tell is not None:
            tell(event, client_order_id_before)
        for posting in postings(event, self._catalog.instruments):
            feed = self._feeds.get(posting.account)
            if feed is not None:
                feed.touched[posting.asset] = None
                feed.touched_us = event.time_us
                self._touched[posting.account] = feed

    def end_command(self) -> None:
        for account, feed in self._touched.items():
            self._send_position(account, feed)
            feed.touched.clear()
        self._touched.clear()

    def _placed(self, event: e.OrderPlaced, _: str) -> None:
        self._report(event, event.order_id, lambda report, order: report.placed(order))

    def _executed(self, event: e.TradeExecuted, _: str) -> None:
        side = event.taker_side
        other = Side.SELL if side is Side.BUY else Side.BUY
        taker, maker = Fill(event, False, side), Fill(event, True, other)
        self._report(
            event, event.taker_order_id, lambda report, order: report.executed(order, taker)
        )
        self._report(
            event, event.maker_order_id, lambda report, order: report.executed(order, maker)
        )

    def _canceled(self, event: e.OrderCanceled, _: str) -> None:
        of_cancel = event.cancel_client_order_id
        self._report(event, event.order_id, lambda report, order: report.canceled(order, of_cancel))

    def _expired(self, event: e.OrderExpired, _: str) -> None:
        if event.reason is not ExpiryReason.STP:  # told with the match that was prevented
            self._report(event, event.order_id, lambda report, order: report.expired(order))

    def _amended(self, event: e.OrderAmended, before: str) -> None:
        self._report(event, event.order_id, lambda report, order: report.amended(order, before))

    def _prevented(self, event: e.MatchPrevented, _: str) -> None:
        taker, maker = event.taker_order_id, event.maker_order_id
        for order_id, lots, other in (
            (taker, event.taker_prevented_lots, maker),
            (maker, event.maker_prevented_lots, taker),
        ):
            if lots:
                prevented = Prevented(event, lots, other, NOTHING)
                self._report(
                    event,
                    order_id,
                    lambda report, order, prevented=prevented: report.prevented(order, prevented),  # type: ignore[misc]
                )

    def _report(
        self, event: e.Event, order_id: OrderId, write: Callable[[Reporter, Order], str]
    ) -> None:
        order = self._orders.find(order_id)
        assert order is not None, f"order {order_id} is unknown right after an event of its"
        feed = self._feeds.get(order.account)
        if feed is None or not feed.is_read:
            return
        instrument = self._catalog.instruments[order.instrument]
        now_us = self._clock()
        feed.send(lambda divisor: write(Reporter(event, instrument, divisor, now_us), order))

    def _rejected(self, event: e.OrderRejected, _: str) -> None:
        feed = self._feeds.get(event.account)
        instrument = self._catalog.instruments.get(event.instrument)
        if feed is None or instrument is None:
            return
        now_us = self._clock()
        feed.send(lambda divisor: execution_reports.rejected(event, instrument, divisor, now_us))

    def _deposited(self, event: e.Deposited, _: str) -> None:
        self._send_change(event.account, event.asset, event.amount, event.time_us)

    def _withdrawn(self, event: e.WithdrawalSettled, _: str) -> None:
        self._send_change(event.account, event.asset, -event.amount, event.time_us)

    def _transferred(self, event: e.Transferred, _: str) -> None:
        self._send_change(event.source, event.asset, -event.amount, event.time_us)
        self._send_change(event.target, event.asset, event.amount, event.time_us)

    def _send_change(
        self, account: AccountId, asset_id: AssetId, amount: int, time_us: int
    ) -> None:
        feed = self._feeds.get(account)
        if feed is None:
            return
        asset, now_us = self._catalog.assets[asset_id], self._clock()
        feed.send(
            lambda divisor: user_events.balance_update(
                asset, amount, Times(now_us // divisor, time_us // divisor)
            )
        )

    def _send_position(self, account: AccountId, feed: AccountFeed) -> None:
        balances = [
            (self._catalog.assets[asset], self._balances.find(account, asset))
            for asset in feed.touched
        ]
        now_us, changed_us = self._clock(), feed.touched_us

        feed.send(
            lambda divisor: user_events.account_position(
                balances, Times(now_us // divisor, changed_us // divisor)
            )
        )
