"""Deliberate mistakes, each in one rule of the naive exchange: the comparison must see them.

A mistake that no random stream brings to light would go unseen in the core as well.
"""

from typing import Any

from rialto.messages.commands import AmendOrder, CancelOrder, PlaceOrder, PlaceOrderList
from rialto.messages.events import Event
from rialto.messages.orders import (
    CancelRestriction,
    ExpiryReason,
    InstrumentStatus,
    OrderType,
    ReplaceMode,
    Side,
    StpMode,
)
from rialto.messages.postings import COMMISSION
from rialto.messages.rejections import Rejection as R
from tests.core.model import Model
from tests.core.model_orders import REMEMBERED_US
from tests.core.model_state import Market, Order, Place, RememberedId, refuse_if


class LastInFirstOut(Model):
    def makers_for(self, order: Order) -> list[Order]:
        makers = super().makers_for(order)
        sign = 1 if order.side is Side.BUY else -1
        return sorted(makers, key=lambda o: (sign * o.price, -o.rank))


class WorstPriceFirst(Model):
    def makers_for(self, order: Order) -> list[Order]:
        return super().makers_for(order)[::-1]


class AmendLosesPriority(Model):
    def reduce(self, order: Order, lots: int, new_client_order_id: str) -> None:
        super().reduce(order, lots, new_client_order_id)
        order.rank = self.next_rank()


class HoldOneTooMuch(Model):
    def check_balance(self, order: Order) -> None:
        super().check_balance(order)
        order.held += 1 if order.type is OrderType.LIMIT_MAKER else 0


class MarketBuyHoldsForOwnOrders(Model):
    def prevention(self, taker: Order, maker: Order) -> StpMode:
        return StpMode.NONE if self.holding else super().prevention(taker, maker)

    holding = False

    def cost(self, order: Order) -> int:
        self.holding = True
        cost = super().cost(order)
        self.holding = False
        return cost


class KeepsOneOnCancel(Model):
    def cancel(self, order: Order, cancel_client_order_id: str) -> None:
        order.held -= 1 if order.held else 0
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
    def parameters(self, sent: PlaceOrder | PlaceOrderList) -> tuple[object, ...]:
        return super().parameters(sent)[:4]


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
    def can_fill_whole(self, order: Order) -> bool:
        return True


class FokCountsOwnOrders(Model):
    def can_fill_whole(self, order: Order) -> bool:
        return sum(maker.remaining for maker in self.makers_for(order)) >= order.remaining


class RestingIoc(Model):
    def expire(self, order: Order, reason: ExpiryReason) -> None:
        if reason is ExpiryReason.UNFILLED_IOC_QUANTITY:
            self.rest(order)
        else:
            super().expire(order, reason)


class MakerMayTake(Model):
    def makers_for(self, order: Order) -> list[Order]:
        is_asked = order.type is OrderType.LIMIT_MAKER and order.place is Place.PENDING
        return [] if is_asked else super().makers_for(order)


class SelfTradesAllowed(Model):
    def prevention(self, taker: Order, maker: Order) -> StpMode:
        return StpMode.NONE


class MakersModeDecides(Model):
    def prevention(self, taker: Order, maker: Order) -> StpMode:
        mode = super().prevention(taker, maker)
        return maker.sent.stp if mode is StpMode.EXPIRE_TAKER else mode


class BothExpireTakerFirst(Model):
    def prevent(self, taker: Order, maker: Order, mode: StpMode) -> None:
        if mode is not StpMode.EXPIRE_BOTH:
            super().prevent(taker, maker, mode)
            return
        self.emit_prevented(taker, maker, mode, (taker.remaining, maker.remaining, 0, 0, 0))
        self.expire(taker, ExpiryReason.STP)
        self.expire(maker, ExpiryReason.STP)


class OneOrderTooMany(Model):
    def check_count(self, order: Order, orders: list[Order], most: int, rejection: R) -> None:
        super().check_count(order, orders, most and most + 1, rejection)


class PositionWithoutOpenBuys(Model):
    def check_max_position(self, order: Order, market: Market, earlier: list[Order]) -> None:
        orders, self.orders = self.orders, []
        try:
            super().check_max_position(order, market, earlier)
        finally:
            self.orders = orders


class ReferenceIsTheLastPrice(Model):
    def reference(self, market: Market) -> tuple[int, int] | None:
        return (market.last_price, 1) if market.trades else None


class ReferenceOneMinuteLonger(Model):
    def reference(self, market: Market) -> tuple[int, int] | None:
        self.time_us -= 60_000_000
        reference = super().reference(market)
        self.time_us += 60_000_000
        return reference


class HighestPriceRefused(Model):
    def check_price(self, market: Market, price: int) -> None:
        super().check_price(market, price)
        refuse_if(price == market.definition.max_price_ticks, R.PRICE_FILTER)


class PlanIgnoresTheMarketStep(Model):
    def plan_lots(self, order: Order, budget: int) -> int:
        lots = super().plan_lots(order, budget)
        return lots + 1 if self.market_for(order).definition.market_step_lots else lots


class CancelsWhileHalted(Model):
    def takes_cancels(self, market: Market) -> bool:
        return True


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
            if wanted.order_id == order.order_id and order.instrument == wanted.instrument:
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
        self.market_for(order).update_id -= 1
        super().reduce(order, lots, new_client_order_id)


class TimeRunsBackwards(Model):
    def apply(self, first_sequence: int, time_us: int, batch: list[Any]) -> list[Event]:
        self.time_us = time_us
        return super().apply(first_sequence, time_us, batch)


class TradesAtTheTakersPrice(Model):
    def execute(self, taker: Order, maker: Order, price: int, lots: int) -> tuple[int, int]:
        is_dearer = not taker.is_market and maker.side is Side.SELL
        return super().execute(taker, maker, taker.price if is_dearer else price, lots)
