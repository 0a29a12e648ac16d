"""Deliberate mistakes in the rules of price ranges, auctions, trade groups, time and limits."""

from rialto.messages.commands import AdvanceTime
from rialto.messages.orders import InstrumentStatus, Side, StpMode
from rialto.messages.rejections import Rejection as R
from tests.core.model import Model
from tests.core.model_book import Reach
from tests.core.model_state import Market, Order


class RangeWithoutItsEnds(Model):
    def reach_of(self, taker: Order) -> Reach:
        low, high = super().reach_of(taker)
        return low + 1 if low else 0, high and high - 1


class RangeOfTheOtherSide(Model):
    def reach_of(self, taker: Order) -> Reach:
        side = Side(1 - taker.side)
        fields = {name: getattr(taker.sent, name) for name in taker.sent.__struct_fields__}
        sent = taker.sent
        taker.sent = type(sent)(**{**fields, "side": side})
        try:
            return super().reach_of(taker)
        finally:
            taker.sent = sent


class RangeMovesWithTheTrades(Model):
    def makers_for(self, order: Order) -> list[Order]:
        low, high = self.reach_of(order)
        makers = super().makers_for(order)
        beyond = [o for o in makers if o.price < low or (high is not None and o.price > high)]
        return [] if makers and makers[0] in beyond else makers


class OldestBucketStaysWhole(Model):
    def reference_price(self, market: Market) -> tuple[int, int] | None:
        width = market.definition.reference_bucket_width_ms * 1_000
        now, self.time_us = self.time_us, self.time_us - (self.time_us % width if width else 0)
        try:
            return super().reference_price(market)
        finally:
            self.time_us = now


class OperatorsPriceOnlyForTheRange(Model):
    def reference(self, market: Market) -> tuple[int, int] | None:
        ticks, market.reference_ticks = market.reference_ticks, 0
        try:
            return super().reference(market)
        finally:
            market.reference_ticks = ticks


class AuctionAtTheHighest(Model):
    def opening_price(self, instrument: int) -> tuple[int, int] | None:
        found = super().opening_price(instrument)
        bids = self.side_of_book(instrument, Side.BUY)
        return found and (bids[0].price, found[1])


class AuctionForgetsTheLastPrice(Model):
    def opening_price(self, instrument: int) -> tuple[int, int] | None:
        market = self.markets[instrument]
        trades, market.trades = market.trades, []
        try:
            return super().opening_price(instrument)
        finally:
            market.trades = trades


class EarlierOrderTakesInTheAuction(Model):
    def execute(self, taker: Order, maker: Order, price: int, lots: int) -> tuple[int, int]:
        if self.market_for(taker).opening:
            return super().execute(maker, taker, price, lots)[::-1]
        return super().execute(taker, maker, price, lots)


class AuctionSetsNothingOff(Model):
    def observe(self, instrument: int, prices: list[int]) -> None:
        if self.events and type(self.events[-1]).__name__ != "InstrumentStatusSet":
            super().observe(instrument, prices)


class OpeningMarketTakesOrders(Model):
    def takes_cancels(self, market: Market) -> bool:
        return market.status is not InstrumentStatus.HALT


class ParkedWorkIsForgotten(Model):
    def queue_parked(self, instrument: int) -> None:
        pass


class GroupsIgnored(Model):
    def prevention(self, taker: Order, maker: Order) -> StpMode:
        is_same = taker.account == maker.account
        return super().prevention(taker, maker) if is_same else StpMode.NONE


class TransferWithoutConsent(Model):
    def prevention(self, taker: Order, maker: Order) -> StpMode:
        mode = super().prevention(taker, maker)
        is_asked = taker.sent.stp is StpMode.TRANSFER and taker.account != maker.account
        return StpMode.TRANSFER if mode is StpMode.DECREMENT and is_asked else mode


class TransferIsATrade(Model):
    def transfer_between(self, taker: Order, maker: Order, lots: int) -> tuple[int, int]:
        self.market_for(taker).trades.append((self.time_us, maker.price, lots))
        return super().transfer_between(taker, maker, lots)


class ExpiresOneMicrosecondLate(Model):
    def timed_out(self) -> list[Order]:
        return [o for o in super().timed_out() if o.asked.good_till_us < self.time_us]


class ExpiresInOrderOfAcceptance(Model):
    def timed_out(self) -> list[Order]:
        return sorted(super().timed_out(), key=lambda o: o.order_id)


class ExpiresWithoutBeingAsked(Model):
    def follow_up(self) -> None:
        if self.timed_out():
            self.carry_out(AdvanceTime())
        super().follow_up()


class ExchangeLimitsOfOneInstrument(Model):
    def check_count(self, order: Order, orders: list[Order], most: int, rejection: R) -> None:
        here = [o for o in orders if o.instrument == order.instrument]
        super().check_count(order, here, most, rejection)


class AlgoOrdersOnlyWhileTheyWait(Model):
    def check_algo_count(self, order: Order, orders: list[Order], most: int, rejection: R) -> None:
        waiting = [o for o in orders if o.place.name in ("WAITING", "TRAILING", "PENDING")]
        super().check_algo_count(order, waiting, most, rejection)


class AmendsAreNotCounted(Model):
    def reduce_to(self, order: Order, lots: int, new_client_order_id: str) -> None:
        super().reduce_to(order, lots, new_client_order_id)
        order.amends = 0


class MaxAssetForgetsTheQuote(Model):
    def check_max_asset(self, order, market) -> None:  # type: ignore[no-untyped-def]
        limits, self.asset_limits = self.asset_limits, dict(self.asset_limits)
        self.asset_limits.pop(market.definition.quote, None)
        try:
            super().check_max_asset(order, market)
        finally:
            self.asset_limits = limits
