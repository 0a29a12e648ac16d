"""Execution reports: every step of an order, with Binance's letters.

In:  one event, and the order as it was right after it; the divisor of the reader's time unit.
Out: JSON texts. Source: section "User data stream" of Binance's public reference.
"""

from typing import NamedTuple

import msgspec
from msgspec import UNSET, UnsetType, field

from rialto.gateway.wire import decimals
from rialto.gateway.wire.client_order_ids import shown, shown_of_cancel
from rialto.gateway.wire.decimals import ZERO
from rialto.gateway.wire.execution_ids import execution_id
from rialto.gateway.wire.streams import text
from rialto.messages import events as e
from rialto.messages.instructions import NO_STRATEGY, Instructions
from rialto.messages.instruments import Instrument
from rialto.messages.orders import ExpiryReason, OrderType, PegPriceType, Side
from rialto.messages.rejections import Rejection
from rialto.projections.orders import NO_ORDER_LIST, Order, OrderStatus

NOTHING = -1

EXPIRY_REASONS = {
    ExpiryReason.UNFILLED_IOC_QUANTITY: "UNFILLED_IOC_QUANTITY_EXPIRED",
    ExpiryReason.UNFILLED_FOK_ORDER: "UNFILLED_FOK_ORDER_EXPIRED",
    ExpiryReason.INSUFFICIENT_LIQUIDITY: "INSUFFICIENT_LIQUIDITY",
    ExpiryReason.REJECTED: "REJECTED",
    ExpiryReason.OCO_TRIGGER: "OCO_TRIGGER",
    ExpiryReason.OTO_PHASE_ONE: "OTO_PHASE_ONE_EXPIRED",
    ExpiryReason.PRICE_RANGE: "EXECUTION_RULE_PRICE_RANGE_EXCEEDED",
    ExpiryReason.GOOD_TILL_TIME: "GOOD_TILL_TIME_REACHED",  # an extension, as good till time is
}
PEG_PRICE_TYPES = {PegPriceType.PRIMARY: "PRIMARY_PEG", PegPriceType.MARKET: "MARKET_PEG"}
PEG_OFFSET_TYPE = "PRICE_LEVEL"
AT_MARKET = frozenset((OrderType.MARKET, OrderType.STOP_LOSS, OrderType.TAKE_PROFIT))
REJECT_REASONS = {
    Rejection.INSUFFICIENT_BALANCE: "INSUFFICIENT_BALANCES",
    Rejection.WOULD_TAKE: "WOULD_MATCH_IMMEDIATELY",
}


class ExecutionReport(msgspec.Struct, gc=False, kw_only=True, tag_field="e", tag="executionReport"):
    """Letters from `d` on are there only where they say something."""

    sent: int = field(name="E")
    symbol: str = field(name="s")
    client_order_id: str = field(name="c")
    side: str = field(name="S")
    type: str = field(name="o")
    time_in_force: str = field(name="f")
    quantity: str = field(name="q")
    price: str = field(name="p")
    stop_price: str = field(name="P", default=ZERO)
    iceberg_quantity: str = field(name="F", default=ZERO)
    order_list_id: int = field(name="g", default=NOTHING)
    original_client_order_id: str = field(name="C", default="")
    execution_type: str = field(name="x")
    status: str = field(name="X")
    reject_reason: str = field(name="r", default="NONE")
    order_id: int = field(name="i", default=NOTHING)
    last_quantity: str = field(name="l", default=ZERO)
    executed_quantity: str = field(name="z", default=ZERO)
    last_price: str = field(name="L", default=ZERO)
    commission: str = field(name="n", default="0")
    commission_asset: str | None = field(name="N", default=None)
    time: int = field(name="T")
    trade_id: int = field(name="t", default=NOTHING)
    execution_id: int = field(name="I")
    is_on_book: bool = field(name="w", default=False)
    is_maker: bool = field(name="m", default=False)
    unused: bool = field(name="M", default=False)
    created: int = field(name="O")
    executed_quote: str = field(name="Z", default=ZERO)
    last_quote: str = field(name="Y", default=ZERO)
    quote_quantity: str = field(name="Q", default=ZERO)
    stp_mode: str = field(name="V")
    working_time: int | UnsetType = field(name="W", default=UNSET)
    trailing_delta: int | UnsetType = field(name="d", default=UNSET)
    trailing_time: int | UnsetType = field(name="D", default=UNSET)
    strategy_id: int | UnsetType = field(name="j", default=UNSET)
    strategy_type: int | UnsetType = field(name="J", default=UNSET)
    prevented_match_id: int | UnsetType = field(name="v", default=UNSET)
    prevented_quantity: str | UnsetType = field(name="A", default=UNSET)
    last_prevented_quantity: str | UnsetType = field(name="B", default=UNSET)
    trade_group_id: int | UnsetType = field(name="u", default=UNSET)
    counter_order_id: int | UnsetType = field(name="U", default=UNSET)
    counter_symbol: str | UnsetType = field(name="Cs", default=UNSET)
    prevented_execution_quantity: str | UnsetType = field(name="pl", default=UNSET)
    prevented_execution_price: str | UnsetType = field(name="pL", default=UNSET)
    prevented_execution_quote: str | UnsetType = field(name="pY", default=UNSET)
    peg_price_type: str | UnsetType = field(name="gP", default=UNSET)
    peg_offset_type: str | UnsetType = field(name="gOT", default=UNSET)
    peg_offset: int | UnsetType = field(name="gOV", default=UNSET)
    pegged_price: str | UnsetType = field(name="gp", default=UNSET)
    expiry_reason: str | UnsetType = field(name="eR", default=UNSET)


class Fill(NamedTuple):
    """A trade seen from one of its orders."""

    trade: e.TradeExecuted
    is_maker: bool
    side: Side

    @property
    def commission(self) -> int:
        buys = self.side is Side.BUY
        return self.trade.buyer_commission if buys else self.trade.seller_commission


class Prevented(NamedTuple):
    """A prevented match seen from one of its orders; trade_group: that its account is in."""

    event: e.MatchPrevented
    lots: int
    counter_order_id: int
    trade_group: int | None


class Reporter:
    """One execution report in the making."""

    def __init__(self, event: e.Event, instrument: Instrument, divisor: int, sent_us: int) -> None:
        self.event = event
        self.instrument = instrument
        self.divisor = divisor
        self.sent_us = sent_us

    def placed(self, order: Order) -> str:
        """Also when it is triggered, released or gets its price: NEW once more."""
        return text(self._report(order, "NEW"))

    def executed(self, order: Order, fill: Fill) -> str:
        instrument, trade = self.instrument, fill.trade
        asset = instrument.base if fill.side is Side.BUY else instrument.quote
        report = self._report(order, "TRADE", is_maker=fill.is_maker)
        report.last_quantity = decimals.quantity(trade.quantity_lots, instrument)
        report.last_price = decimals.price(trade.price_ticks, instrument)
        report.last_quote = decimals.notional(trade.price_ticks, trade.quantity_lots, instrument)
        report.commission = decimals.amount(fill.commission, asset)
        report.commission_asset = asset.symbol
        report.trade_id = trade.trade_id
        report.is_maker = fill.is_maker
        report.unused = True
        return text(report)

    def canceled(self, order: Order, cancel_client_order_id: str) -> str:
        report = self._report(order, "CANCELED")
        report.client_order_id = shown_of_cancel(order.id, cancel_client_order_id)
        report.original_client_order_id = shown(order.id, order.client_order_id)
        return text(report)

    def amended(self, order: Order, client_order_id_before: str) -> str:
        report = self._report(order, "REPLACED")
        report.original_client_order_id = shown(order.id, client_order_id_before)
        return text(report)

    def expired(self, order: Order) -> str:
        report = self._report(order, "EXPIRED")
        if order.expiry_reason in EXPIRY_REASONS:
            report.expiry_reason = EXPIRY_REASONS[order.expiry_reason]
        return text(report)

    def prevented(self, order: Order, prevented: Prevented) -> str:
        """With the status it ends with if nothing is left: that it expires is not told again."""
        event, instrument = prevented.event, self.instrument
        report = self._report(order, "TRADE_PREVENTION", is_maker=order.id == event.maker_order_id)
        if order.remaining_lots == 0:
            report.status = OrderStatus.EXPIRED_IN_MATCH.name
            report.is_on_book = False
        lots = decimals.quantity(prevented.lots, instrument)
        report.last_prevented_quantity = report.prevented_execution_quantity = lots
        report.trade_group_id = prevented.trade_group or NOTHING
        report.counter_order_id = prevented.counter_order_id
        report.counter_symbol = instrument.symbol
        report.prevented_execution_price = decimals.price(event.price_ticks, instrument)
        quote = decimals.notional(event.price_ticks, prevented.lots, instrument)
        report.prevented_execution_quote = quote
        return text(report)

    def _report(self, order: Order, execution: str, *, is_maker: bool = False) -> ExecutionReport:
        instrument, divisor = self.instrument, self.divisor
        is_told_on_book = order.type not in AT_MARKET or execution == "NEW"
        report = ExecutionReport(
            sent=self.sent_us // divisor,
            symbol=instrument.symbol,
            client_order_id=shown(order.id, order.client_order_id),
            side=order.side.name,
            type=order.type.name,
            time_in_force=order.time_in_force.name,
            quantity=decimals.quantity(order.quantity_lots, instrument),
            price=decimals.price(order.price_ticks, instrument),
            execution_type=execution,
            status=order.status.name,
            order_id=order.id,
            executed_quantity=decimals.quantity(order.executed_lots, instrument),
            time=self.event.time_us // divisor,
            execution_id=execution_id(self.event, is_maker=is_maker),
            is_on_book=order.is_open and order.is_working and is_told_on_book,
            created=order.placed_us // divisor,
            executed_quote=decimals.amount(order.executed_quote, instrument.quote),
            quote_quantity=decimals.amount(order.quote_amount, instrument.quote),
            stp_mode=order.stp.name,
        )
        if order.is_working:
            report.working_time = order.working_us // divisor
        if order.order_list != NO_ORDER_LIST:
            report.order_list_id = order.order_list
        if order.instructions is not None:
            _instruct(report, order.instructions, instrument)
            if order.instructions.trailing_delta:
                report.trailing_time = (
                    order.trailing_us // divisor if order.trailing_us else NOTHING
                )
            if order.pegged_ticks:
                report.pegged_price = decimals.price(order.pegged_ticks, instrument)
        if order.prevented_lots:
            report.prevented_match_id = order.prevented_match_id
            report.prevented_quantity = decimals.quantity(order.prevented_lots, instrument)
        return report


def _instruct(report: ExecutionReport, wanted: Instructions, instrument: Instrument) -> None:
    """The letters of what the client asked for."""
    report.stop_price = decimals.price(wanted.stop_price_ticks, instrument)
    report.iceberg_quantity = decimals.quantity(wanted.iceberg_lots, instrument)
    if wanted.trailing_delta:
        report.trailing_delta = wanted.trailing_delta
    if wanted.strategy_id != NO_STRATEGY:
        report.strategy_id = wanted.strategy_id
    if wanted.strategy_type:
        report.strategy_type = wanted.strategy_type
    if wanted.peg_price_type is not PegPriceType.NONE:
        report.peg_price_type = PEG_PRICE_TYPES[wanted.peg_price_type]
        if wanted.peg_offset:
            report.peg_offset_type, report.peg_offset = PEG_OFFSET_TYPE, wanted.peg_offset


def rejected(event: e.OrderRejected, instrument: Instrument, divisor: int, sent_us: int) -> str:
    """An order that was never accepted has no order id and was not created."""
    report = ExecutionReport(
        sent=sent_us // divisor,
        symbol=instrument.symbol,
        client_order_id=event.client_order_id,
        side=event.side.name,
        type=event.type.name,
        time_in_force=event.time_in_force.name,
        quantity=decimals.quantity(event.quantity_lots, instrument),
        price=decimals.price(event.price_ticks, instrument),
        execution_type="REJECTED",
        status="REJECTED",
        reject_reason=REJECT_REASONS.get(event.rejection, event.rejection.name),
        time=event.time_us // divisor,
        execution_id=execution_id(event),
        created=event.time_us // divisor,
        quote_quantity=decimals.amount(event.quote_amount, instrument.quote),
        stp_mode=event.stp.name,
    )
    if event.instructions is not None:
        _instruct(report, event.instructions, instrument)
    return text(report)
