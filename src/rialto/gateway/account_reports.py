"""What is told to an account of each event, and after each command.

In:  events one by one, with the orders and balances as they are at that event (sources.Folds).
Out: an execution report for every step of an order; after each command, what became of order
     lists, and then the balances that it touched.
Never: a word written out for an account that nobody listens to.
"""

from collections.abc import Callable, Mapping
from typing import Any

from rialto.gateway.account_feed import AccountFeed
from rialto.gateway.caller import Clock
from rialto.gateway.sources import Folds
from rialto.gateway.wire import execution_reports, user_events
from rialto.gateway.wire.execution_reports import Fill, Prevented, Reporter
from rialto.gateway.wire.user_events import ListStep, Times
from rialto.messages import events as e
from rialto.messages.ids import AccountId, AssetId, OrderId
from rialto.messages.orders import CONDITIONAL_TYPES, ExpiryReason, PegPriceType, Side
from rialto.messages.postings import postings
from rialto.projections.orders import NO_ORDER_LIST, Order, OrderList


class AccountReports:
    def __init__(self, folds: Folds, clock: Clock, feeds: Mapping[AccountId, AccountFeed]) -> None:
        self._orders = folds.orders
        self._balances = folds.balances
        self._catalog = folds.catalog
        self._clock = clock
        self._feeds = feeds
        self._concerned: dict[AccountId, AccountFeed] = {}  # by the command at hand
        self._tellers: dict[type[e.Event], Callable[[Any, str], None]] = {
            e.OrderPlaced: self._placed,
            e.OrderTriggered: self._triggered,
            e.OrderActivated: self._activated,
            e.OrderPegged: self._pegged,
            e.TradeExecuted: self._executed,
            e.OrderCanceled: self._canceled,
            e.OrderExpired: self._expired,
            e.OrderAmended: self._amended,
            e.MatchPrevented: self._prevented,
            e.OrderRejected: self._rejected,
            e.OrderListPlaced: self._list_placed,
            e.OrderListDone: self._list_done,
            e.Deposited: self._deposited,
            e.WithdrawalHeld: self._withdrawal_held,
            e.WithdrawalReleased: self._withdrawal_released,
            e.WithdrawalSettled: self._withdrawal_settled,
            e.Transferred: self._transferred,
        }

    def tell(self, event: e.Event, client_order_id_before: str) -> None:
        tell = self._tellers.get(type(event))
        if tell is not None:
            tell(event, client_order_id_before)
        for posting in postings(event, self._catalog.instruments):
            feed = self._feeds.get(posting.account)
            if feed is not None:
                feed.moved[posting.asset] = None
                feed.command_us = event.time_us
                self._concerned[posting.account] = feed

    def end_command(self) -> None:
        for account, feed in self._concerned.items():
            for order_list, step in feed.lists:
                self._send_list(feed, order_list, step)
            if feed.moved:
                self._send_position(account, feed)
            feed.lists.clear()
            feed.moved.clear()
        self._concerned.clear()

    # Orders

    def _placed(self, event: e.OrderPlaced, _: str) -> None:
        wants = event.instructions
        if wants is not None and wants.peg_price_type is not PegPriceType.NONE:
            order = self._orders.find(event.order_id)
            if order is not None and order.is_working:
                return  # told with the price that it gets next
        self._report(event, event.order_id, lambda report, order: report.placed(order))

    def _triggered(self, event: e.OrderTriggered, _: str) -> None:
        order = self._find(event.order_id)
        if not _is_pegged(order):
            self._report(event, order.id, lambda report, order: report.placed(order))

    def _activated(self, event: e.OrderActivated, _: str) -> None:
        order = self._find(event.order_id)
        if not _is_pegged(order) or order.type in CONDITIONAL_TYPES:
            self._report(event, order.id, lambda report, order: report.placed(order))

    def _pegged(self, event: e.OrderPegged, _: str) -> None:
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
        order = self._find(event.order_id)
        if before != event.client_order_id and order.order_list != NO_ORDER_LIST:
            self._note_list(self._orders.lists.find(order.order_list), ListStep.UPDATED, event)

    def _prevented(self, event: e.MatchPrevented, _: str) -> None:
        taker, maker = event.taker_order_id, event.maker_order_id
        for order_id, lots, other, account in (
            (taker, event.taker_prevented_lots, maker, event.account),
            (maker, event.maker_prevented_lots, taker, event.maker_account),
        ):
            if lots:
                group = self._catalog.trade_groups.get(account)
                prevented = Prevented(event, lots, other, group)
                self._report(
                    event,
                    order_id,
                    lambda report, order, prevented=prevented: report.prevented(order, prevented),  # type: ignore[misc]
                )

    def _rejected(self, event: e.OrderRejected, _: str) -> None:
        feed = self._feeds.get(event.account)
        instrument = self._catalog.instruments.get(event.instrument)
        if feed is None or instrument is None:
            return
        now_us = self._clock()
        feed.send(lambda divisor: execution_reports.rejected(event, instrument, divisor, now_us))

    def _report(
        self, event: e.Event, order_id: OrderId, write: Callable[[Reporter, Order], str]
    ) -> None:
        order = self._find(order_id)
        feed = self._feeds.get(order.account)
        if feed is None or not feed.is_read:
            return
        instrument = self._catalog.instruments[order.instrument]
        now_us = self._clock()
        feed.send(lambda divisor: write(Reporter(event, instrument, divisor, now_us), order))

    def _find(self, order_id: OrderId) -> Order:
        order = self._orders.find(order_id)
        assert order is not None, f"order {order_id} is unknown right after an event of its"
        return order

    # Order lists

    def _list_placed(self, event: e.OrderListPlaced, _: str) -> None:
        found = self._orders.lists.find(event.order_list)
        self._note_list(found, ListStep.EXEC_STARTED, event)

    def _list_done(self, event: e.OrderListDone, _: str) -> None:
        self._note_list(self._orders.lists.find(event.order_list), ListStep.ALL_DONE, event)

    def _note_list(self, found: OrderList | None, step: ListStep, event: e.Event) -> None:
        """It is told after the orders, whose ids may still change."""
        feed = self._feeds.get(found.account) if found is not None else None
        if found is not None and feed is not None:
            feed.lists.append((found, step))
            feed.command_us = event.time_us
            self._concerned[found.account] = feed

    def _send_list(self, feed: AccountFeed, order_list: OrderList, step: ListStep) -> None:
        instrument = self._catalog.instruments[order_list.instrument]
        leg_ids = self._orders.lists.leg_ids(order_list)
        now_us, command_us = self._clock(), feed.command_us
        feed.send(
            lambda divisor: user_events.list_status(
                order_list,
                step,
                leg_ids,
                instrument,
                Times(now_us // divisor, command_us // divisor),
            )
        )

    # Money

    def _deposited(self, event: e.Deposited, _: str) -> None:
        self._send_change(event.account, event.asset, event.amount, event.time_us)

    def _withdrawal_held(self, event: e.WithdrawalHeld, _: str) -> None:
        self._send_lock(event, event.amount)

    def _withdrawal_released(self, event: e.WithdrawalReleased, _: str) -> None:
        self._send_lock(event, -event.amount)

    def _withdrawal_settled(self, event: e.WithdrawalSettled, _: str) -> None:
        self._send_lock(event, -event.amount)
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

    def _send_lock(
        self, event: e.WithdrawalHeld | e.WithdrawalReleased | e.WithdrawalSettled, amount: int
    ) -> None:
        feed = self._feeds.get(event.account)
        if feed is None:
            return
        asset, now_us = self._catalog.assets[event.asset], self._clock()
        feed.send(
            lambda divisor: user_events.external_lock_update(
                asset, amount, Times(now_us // divisor, event.time_us // divisor)
            )
        )

    def _send_position(self, account: AccountId, feed: AccountFeed) -> None:
        balances = [
            (self._catalog.assets[asset], self._balances.find(account, asset))
            for asset in feed.moved
        ]
        now_us, changed_us = self._clock(), feed.command_us
        feed.send(
            lambda divisor: user_events.account_position(
                balances, Times(now_us // divisor, changed_us // divisor)
            )
        )


def _is_pegged(order: Order) -> bool:
    wants = order.instructions
    return wants is not None and wants.peg_price_type is not PegPriceType.NONE
