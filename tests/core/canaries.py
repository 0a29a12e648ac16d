"""Deliberate mistakes, each in one rule of the naive exchange: the comparison must see them.

A mistake that no random stream brings to light would go unseen in the core as well.
"""

from typing import Any

from rialto.messages.commands import AmendOrder, CancelOrder, PlaceOrder
from rialto.messages.events import Event
from rialto.messages.orders import (
    CancelRestriction,
    ExpiryReason,
    InstrumentStatus,
    OrderType,
    ReplaceMode,
    Side,
    StpMode,
    TimeInForce,
)
from rialto.messages.postings import COMMISSION
from rialto.messages.rejections import Rejection
from tests.core.model import Model
from tests.core.model_orders import REMEMBERED_US
from tests.core.model_state import Market, Order, RememberedId, refuse_if


class LastInFirstOut(Model):
    def makers_for(self, order: PlaceOrder) -> list[Order]:
        makers = super().makers_for(order)
        sign = 1 if order.side is Side.BUY else -1
        return sorted(makers, key=lambda o: (sign * o.sent.price_ticks, -o.order_id))


class WorstPriceFirst(Model):
    def makers_for(self, order: PlaceOrder) -> list[Order]:
        return super().makers_for(order)[::-1]


class AmendLosesPriority(Model):
    def makers_for(self, order: PlaceOrder) -> list[Order]:
        makers = super().makers_for(order)
        sign = 1 if order.side is Side.BUY else -1
        place = {id(o): n for n, o in enumerate(self.orders)}
        return sorted(makers, key=lambda o: (sign * o.sent.price_ticks, place[id(o)]))

    def reduce(self, order: Order, lots: int, new_client_order_id: str) -> None:
        super().reduce(order, lots, new_client_order_id)
        self.orders.remove(order)
        self.orders.append(order)


class HoldOneTooMuch(Model):
    def hold_for(self, order: PlaceOrder, lots: int) -> int:
        return super().hold_for(order, lots) + 1


class MarketBuyHoldsForOwnOrders(Model):
    def is_prevented(self, order: PlaceOrder, maker: Order) -> bool:
        return super().is_prevented(order, maker) and not self.holding

    holding = False

    def hold_for(self, order: PlaceOrder, lots: int) -> int:
        self.holding = True
        hold = super().hold_for(order, lots)
        self.holding = False
        return hold


class KeepsOneOnCancel(Model):
    def cancel(self, order: Order, cancel_client_order_id: str) -> None:
        order.held -= 1
        super().cancel(order, cancel_client_order_id)


class CommissionRoundedDown(Model):
    def pay_commission(self, account: int, asset: int, received: int, ppm: int) -> int:
        commission = received * ppm // 1_000_000
        self.post(account, asset, received - commission, 0)
        self.post(COMMISSION, asset, commission, 0)
        return commission


class MakerPaysAsTaker(Model):
    def commission_ppm(self, market: Market, account: int, is_taker: bool) -> int:
        return super().commission_ppm(market, account, not is_taker)


class TiersIgnored(Model):
    def commission_ppm(self, market: Market, account: int, is_taker: bool) -> int:
        return market.rates[0][is_taker]


class UnsetTierIsFree(Model):
    def commission_ppm(self, market: Market, account: int, is_taker: bool) -> int:
        return market.rates.get(self.tiers[account], (0, 0))[is_taker]


class CommandsNotDeduplicated(Model):
    def is_duplicate(self, origin: int, number: int) -> bool:
        return False


class OldCommandsWelcome(Model):
    def is_duplicate(self, origin: int, number: int) -> bool:
        known = self.origins.get(origin)
        is_old = known is not None and number not in known.seen
        return super().is_duplicate(origin, number) and not is_old


class WrongOriginForgotten(Model):
    def is_duplicate(self, origin: int, number: int) -> bool:
        if origin not in self.origins and len(self.origins) == 64:
            del self.origins[min(self.origins)]  # any but the one of longest ago
        return super().is_duplicate(origin, number)


class OrdersNotDeduplicated(Model):
    def is_repeated(self, order: PlaceOrder) -> bool:
        return False


class RepeatedWhateverItsPrice(Model):
    def parameters(self, order: PlaceOrder) -> tuple[object, ...]:
        return super().parameters(order)[:4]


class RememberedForOneMicrosecondMore(Model):
    def remembered(self, account: int, client_order_id: str) -> RememberedId | None:
        memory = self.client_order_ids.get((account, client_order_id))
        if memory and self.time_us - memory.time_us == REMEMBERED_US:
            return memory
        return super().remembered(account, client_order_id)


class OpenOrderLosesItsId(Model):
    def remembered(self, account: int, client_order_id: str) -> RememberedId | None:
        memory = super().remembered(account, client_order_id)
        is_old = memory is not None and self.time_us - memory.time_us >= REMEMBERED_US
        return None if is_old else memory


class PartialFillOfFok(Model):
    def can_fill_whole(self, order: PlaceOrder) -> bool:
        return True


class FokCountsOwnOrders(Model):
    def can_fill_whole(self, order: PlaceOrder) -> bool:
        return sum(maker.remaining for maker in self.makers_for(order)) >= order.quantity_lots


class RestingIoc(Model):
    def expire(self, order: Order, reason: ExpiryReason) -> None:
        if reason is ExpiryReason.UNFILLED_IOC_QUANTITY and order.sent.type is OrderType.LIMIT:
            self.finish(self.as_gtc(order))
        else:
            super().expire(order, reason)

    def as_gtc(self, order: Order) -> Order:
        fields = {name: getattr(order.sent, name) for name in order.sent.__struct_fields__}
        order.sent = PlaceOrder(**{**fields, "time_in_force": TimeInForce.GTC})
        return order


class MakerMayTake(Model):
    def makers_for(self, order: PlaceOrder) -> list[Order]:
        if order.type is OrderType.LIMIT_MAKER and not self.is_checked:
            self.is_checked = True
            return []
        self.is_checked = False
        return super().makers_for(order)

    is_checked = False


class SelfTradesAllowed(Model):
    def is_prevented(self, order: PlaceOrder, maker: Order) -> bool:
        return False


class MakersModeDecides(Model):
    def is_prevented(self, order: PlaceOrder, maker: Order) -> bool:
        return maker.sent.stp is not StpMode.NONE and maker.sent.account == order.account


class BothExpireTakerFirst(Model):
    def prevent(self, taker: Order, maker: Order) -> None:
        if taker.sent.stp is not StpMode.EXPIRE_BOTH:
            super().prevent(taker, maker)
            return
        self.emit_prevented(taker, maker, (taker.remaining, maker.remaining), (0, 0), 0)
        self.expire(taker, ExpiryReason.STP)
        self.expire(maker, ExpiryReason.STP)


class OneOrderTooMany(Model):
    def check_max_num_orders(self, order: PlaceOrder, market: Market) -> None:
        if len(self.orders_of(order.account, order.instrument)) > market.definition.max_num_orders:
            super().check_max_num_orders(order, market)


class PositionWithoutOpenBuys(Model):
    def check_max_position(self, order: PlaceOrder, market: Market, lots: int) -> None:
        orders, self.orders = self.orders, []
        try:
            super().check_max_position(order, market, lots)
        finally:
            self.orders = orders


class ReferenceIsTheLastPrice(Model):
    def reference(self, market: Market) -> tuple[int, int] | None:
        return (market.trades[-1][1], 1) if market.trades else None


class ReferenceOneMinuteLonger(Model):
    def reference(self, market: Market) -> tuple[int, int] | None:
        self.time_us -= 60_000_000
        reference = super().reference(market)
        self.time_us += 60_000_000
        return reference


class HighestPriceRefused(Model):
    def check_price(self, order: PlaceOrder, market: Market) -> None:
        super().check_price(order, market)
        refuse_if(order.price_ticks == market.definition.max_price_ticks, Rejection.PRICE_FILTER)


class PlanIgnoresTheMarketStep(Model):
    def plan_lots(self, order: PlaceOrder, market: Market) -> int:
        lots = super().plan_lots(order, market)
        return lots + 1 if market.definition.market_step_lots else lots


class CancelsWhileHalted(Model):
    def cancel_order(self, cancel: CancelOrder) -> None:
        market = self.market_of(cancel.account, cancel.instrument)
        status, market.status = market.status, InstrumentStatus.TRADING
        try:
            super().cancel_order(cancel)
        finally:
            market.status = status


class OrdersWhileCancelOnly(Model):
    def place_order(self, order: PlaceOrder) -> None:
        closed = [m for m in self.markets if m.status is InstrumentStatus.CANCEL_ONLY]
        for market in closed:
            market.status = InstrumentStatus.TRADING
        super().place_order(order)
        for market in closed:
            market.status = InstrumentStatus.CANCEL_ONLY


class CancelsAnyonesOrder(Model):
    def find_order(self, wanted: CancelOrder | AmendOrder) -> Order:
        for order in self.orders:
            if wanted.order_id == order.order_id and order.sent.instrument == wanted.instrument:
                return order
        return super().find_order(wanted)


class RestrictionIgnored(Model):
    def cancel_order(self, cancel: CancelOrder) -> None:
        names = (cancel.client_order_id, cancel.cancel_client_order_id)
        where = (cancel.account, cancel.instrument, cancel.order_id)
        super().cancel_order(CancelOrder(*where, CancelRestriction.NONE, *names))


class ReplacesEvenIfCancelFails(Model):
    def cancel_half(self, replace: Any) -> bool:
        return super().cancel_half(replace) or replace.mode is ReplaceMode.STOP_ON_FAILURE


class ForgetsAnUpdateId(Model):
    def reduce(self, order: Order, lots: int, new_client_order_id: str) -> None:
        self.markets[order.sent.instrument].update_id -= 1
        super().reduce(order, lots, new_client_order_id)


class TimeRunsBackwards(Model):
    def apply(self, first_sequence: int, time_us: int, batch: list[Any]) -> list[Event]:
        self.time_us = time_us
        return super().apply(first_sequence, time_us, batch)


class TradesAtTheTakersPrice(Model):
    def trade(self, taker: Order, maker: Order) -> None:
        if taker.sent.type is OrderType.MARKET or maker.side is Side.BUY:
            super().trade(taker, maker)
            return
        sent = maker.sent
        fields = {name: getattr(sent, name) for name in sent.__struct_fields__}
        maker.sent = PlaceOrder(**{**fields, "price_ticks": taker.sent.price_ticks})
        super().trade(taker, maker)
        maker.sent = sent


CANARIES: list[type[Model]] = [
    canary
    for canary in list(globals().values())
    if isinstance(canary, type) and issubclass(canary, Model) and canary is not Model
]
