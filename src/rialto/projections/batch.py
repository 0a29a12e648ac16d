"""What one transaction writes: the events of a run of commands, folded down to rows.

An order or a balance that changed a hundred times is written once, as it is in the end.
"""

from collections.abc import Iterable

import msgspec
import sqlalchemy as sa

from rialto.messages import events as e
from rialto.messages.catalog import TIER_AT_START
from rialto.messages.ids import AccountId, AssetId, OrderId, OrderListId
from rialto.messages.postings import Posting
from rialto.projections import order_tables
from rialto.projections import tables as t
from rialto.projections.audit import AuditRow
from rialto.projections.live import LiveBalances
from rialto.projections.movements import MOVEMENTS, movement_rows
from rialto.projections.order_records import amendment_row, prevented_match_row
from rialto.projections.order_rows import (
    ORDER_AMENDS,
    ORDER_CHANGES,
    ORDER_STARTS,
    instructions_row,
    list_row,
    order_amends,
    order_changes,
    order_row,
    order_starts,
)
from rialto.projections.orders import Order, OrderList
from rialto.projections.rows import instrument_row, trade_row
from rialto.projections.statements import Row, Statements, run

NO_LIMIT = NO_TRADE_GROUP = 0
_STARTS = (e.OrderTriggered, e.OrderActivated)
_HEADER_FIELDS = len(e.Event.__struct_fields__)


class Batch:
    def __init__(self) -> None:
        self.placed: dict[OrderId, Order] = {}
        self.changed: dict[OrderId, Order] = {}
        self.amended: dict[OrderId, Order] = {}
        self.started: dict[OrderId, Order] = {}
        self.instructed: dict[OrderId, Order] = {}
        self.lists: dict[OrderListId, OrderList] = {}
        self.balances: set[tuple[AccountId, AssetId]] = set()
        self._trades: list[Row] = []
        self._amendments: list[Row] = []
        self._prevented_matches: list[Row] = []
        self._movements: list[Row] = []
        self._postings: list[Row] = []
        self._audit: list[AuditRow] = []
        self._set_up: list[tuple[str, Row]] = []

    def add_outcome(self, event: e.Event, changed: tuple[Order, ...]) -> None:
        """The event and the orders it changed, for `audit` and `orders`."""
        if event.index == 0:
            self._audit.append(AuditRow(event))
        self._audit[-1].add(event, changed)
        if isinstance(event, e.OrderPlaced):
            self.placed[event.order_id] = changed[0]
        elif isinstance(event, e.OrderAmended):
            self.amended[event.order_id] = changed[0]
        elif isinstance(event, _STARTS):
            self.started[event.order_id] = changed[0]
        for order in changed:
            if order.id not in self.placed:
                self.changed[order.id] = order
            if order.instructions is not None:
                self.instructed[order.id] = order

    def add_postings(self, event: e.Event, rows: Iterable[Posting]) -> None:
        for position, (account, asset, bucket, amount) in enumerate(rows):
            self.balances.add((account, asset))
            self._postings.append(
                (event.sequence, event.index, position, account, asset, int(bucket), str(amount))
            )

    def add_movement(self, event: e.Event) -> None:
        self._movements += movement_rows(event)

    def add_trade(self, trade: e.TradeExecuted) -> None:
        self._trades.append(trade_row(trade))

    def add_amendment(self, event: e.OrderAmended, client_order_id_before: str) -> None:
        self._amendments.append(amendment_row(event, client_order_id_before))

    def add_prevented_match(self, event: e.MatchPrevented) -> None:
        self._prevented_matches.append(prevented_match_row(event))

    def add_set_up(self, event: e.Event, sql: Statements) -> None:
        """Events of assets, instruments and accounts: few, so each is a statement."""
        match event:
            case e.AssetAdded():
                row: Row = (event.asset, event.symbol, event.decimals, str(NO_LIMIT))
                self._set_up.append((sql.insert(t.ASSETS), row))
            case e.InstrumentListed():
                self._set_up.append((sql.insert(t.INSTRUMENTS), instrument_row(event)))
            case e.InstrumentStatusSet():
                row = (event.status, event.instrument)
                self._set_up.append((sql.update(t.INSTRUMENTS, ("status",)), row))
            case e.AccountOpened():
                row = (event.account, TIER_AT_START, event.time_us, NO_TRADE_GROUP)
                self._set_up.append((sql.insert(t.ACCOUNTS), row))
            case e.CommissionRatesSet():
                row = (event.instrument, event.tier, event.maker_ppm, event.taker_ppm)
                self._set_up.append((sql.upsert(t.COMMISSION_RATES), row))
            case e.CommissionTierSet():
                row = (event.tier, event.account)
                self._set_up.append((sql.update(t.ACCOUNTS, ("commission_tier",)), row))
            case _:
                self._add_limit(event, sql)

    def _add_limit(self, event: e.Event, sql: Statements) -> None:
        match event:
            case e.TradeGroupSet():
                row: Row = (event.trade_group, event.account)
                self._set_up.append((sql.update(t.ACCOUNTS, ("trade_group",)), row))
            case e.ReferencePriceSet():
                row = (event.price_ticks, event.instrument)
                self._set_up.append((sql.update(t.INSTRUMENTS, ("reference_ticks",)), row))
            case e.AssetLimitSet():
                row = (str(event.amount), event.asset)
                self._set_up.append((sql.update(t.ASSETS, ("order_limit",)), row))
            case e.ExchangeLimitsSet():
                row = (t.EXCHANGE_LIMITS_ID, *msgspec.structs.astuple(event)[_HEADER_FIELDS:])
                self._set_up.append((sql.upsert(t.EXCHANGE_LIMITS), row))

    def write(self, connection: sa.Connection, sql: Statements, balances: LiveBalances) -> None:
        """What others refer to comes first."""
        for statement, row in self._set_up:
            run(connection, statement, [row])
        self._write_orders(connection, sql)
        run(connection, sql.insert(t.TRADES), self._trades)
        run(connection, sql.insert(order_tables.AMENDMENTS), self._amendments)
        run(connection, sql.insert(order_tables.PREVENTED_MATCHES), self._prevented_matches)
        run(connection, sql.insert(MOVEMENTS), self._movements)
        run(connection, sql.insert(t.POSTINGS), self._postings)
        run(connection, sql.upsert(t.BALANCES), self._balance_rows(balances))
        run(connection, sql.insert(t.AUDIT), (row.row() for row in self._audit))

    def _write_orders(self, connection: sa.Connection, sql: Statements) -> None:
        run(connection, sql.insert(t.ORDERS), map(order_row, self.placed.values()))
        changed = map(order_changes, self.changed.values())
        run(connection, sql.update(t.ORDERS, ORDER_CHANGES), changed)
        amended = map(order_amends, self.amended.values())
        run(connection, sql.update(t.ORDERS, ORDER_AMENDS), amended)
        started = map(order_starts, self.started.values())
        run(connection, sql.update(t.ORDERS, ORDER_STARTS), started)
        instructed = map(instructions_row, self.instructed.values())
        run(connection, sql.upsert(order_tables.ORDER_INSTRUCTIONS), instructed)
        run(connection, sql.upsert(order_tables.ORDER_LISTS), map(list_row, self.lists.values()))

    def _balance_rows(self, balances: LiveBalances) -> Iterable[Row]:
        for account, asset in sorted(self.balances):
            balance = balances.find(account, asset)
            yield account, asset, str(balance.free), str(balance.locked), balance.changed_us
