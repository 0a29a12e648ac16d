"""The books of the naive exchange: who meets whom, at which price, and what that would cost."""

from collections.abc import Iterator

from rialto.messages.orders import OrderType, PegPriceType, Side, StpMode, TimeInForce
from rialto.messages.rejections import Rejection as R
from tests.core.model_state import Market, Order, Place, State, refuse_if

MINUTE_US = 60_000_000
PERCENT = 10_000
ENDS_TAKER = (StpMode.EXPIRE_TAKER, StpMode.EXPIRE_BOTH)

Reach = tuple[int, int | None]  # the lowest and the highest price that a taker may trade at


class Book(State):
    def side_of_book(self, instrument: int, side: Side) -> list[Order]:
        """Resting orders, best price first, then first come."""
        rows = [o for o in self.orders if o.place is Place.RESTING and o.side is side]
        rows = [o for o in rows if o.instrument == instrument]
        sign = -1 if side is Side.BUY else 1
        return sorted(rows, key=lambda o: (sign * o.price, o.rank))

    def makers_for(self, order: Order) -> list[Order]:
        """Resting orders it crosses, in the order in which it meets them."""
        if order.side is Side.BUY:
            asks = self.side_of_book(order.instrument, Side.SELL)
            return [o for o in asks if order.is_market or o.price <= order.price]
        bids = self.side_of_book(order.instrument, Side.BUY)
        return [o for o in bids if order.is_market or o.price >= order.price]

    def prevention(self, taker: Order, maker: Order) -> StpMode:
        """The mode that takes effect where the two meet; NONE: they trade."""
        is_same_account = taker.account == maker.account
        group = self.groups.get(taker.account, 0)
        is_same_group = group != 0 and group == self.groups.get(maker.account, 0)
        if not is_same_account and not is_same_group:
            return StpMode.NONE
        if taker.sent.stp is not StpMode.TRANSFER:
            return taker.sent.stp
        both = maker.sent.stp is StpMode.TRANSFER and not is_same_account
        return StpMode.TRANSFER if both else StpMode.DECREMENT

    def offers_to(self, taker: Order) -> Iterator[tuple[Order, int, StpMode]]:
        """(maker, lots, mode) as it would meet them if it took each whole.

        An iceberg comes again, at the end of its level, with its next visible part.
        """
        reach = self.reach_of(taker)
        queue = [(maker, maker.visible, maker.remaining) for maker in self.makers_for(taker)]
        while queue:
            maker, visible, remaining = queue.pop(0)
            mode = self.prevention(taker, maker)
            if not is_within(reach, maker.price) or mode in ENDS_TAKER:
                return
            if mode is StpMode.EXPIRE_MAKER:
                continue
            yield maker, visible, mode
            remaining -= visible
            if remaining:
                end = len([entry for entry in queue if entry[0].price == maker.price])
                queue.insert(end, (maker, min(maker.asked.iceberg_lots, remaining), remaining))

    def can_fill_whole(self, order: Order) -> bool:
        lots = 0
        for _, offered, mode in self.offers_to(order):
            if mode is not StpMode.NONE:
                return False
            lots += offered
            if lots >= order.remaining:
                return True
        return False

    def cost(self, order: Order) -> int:
        """What a market buy pays on the book as it is."""
        cost, lots = 0, order.remaining
        for maker, offered, mode in self.offers_to(order):
            taken = min(lots, offered)
            lots -= taken
            if mode is not StpMode.DECREMENT:
                cost += self.notional(order.instrument, maker.price, taken)
            if lots == 0:
                break
        return cost

    def need_of(self, order: Order) -> int:
        """What must be held for an order that is about to meet the book, or to wait."""
        if order.side is Side.SELL:
            return self.base_amount(order.instrument, order.remaining)
        if order.is_conditional and order.place is not Place.MEETING:
            return self.notional(order.instrument, order.hold_price, order.remaining)
        return self.cost(order) if order.is_market else self.hold_of(order, order.remaining)

    def plan_lots(self, order: Order, budget: int) -> int:
        """How many lots the quote amount of a market order buys or sells on the book as it is."""
        rule = self.market_for(order).definition
        lots, is_met = 0, False
        for maker, offered, _ in self.offers_to(order):
            is_met = True
            lot_cost = self.notional(order.instrument, maker.price, 1)
            taken = min(offered, budget // lot_cost, rule.max_lots - lots)
            lots += taken
            budget -= taken * lot_cost
            if taken < offered:
                break
        refuse_if(not is_met, R.NO_LIQUIDITY)
        refuse_if(lots == 0, R.QUOTE_QUANTITY_BELOW_LOT)
        if rule.market_max_lots:
            lots = min(lots, rule.market_max_lots)
            lots -= lots % rule.market_step_lots if rule.market_step_lots else 0
        return lots

    def peg(self, order: Order) -> None:
        """Give it the price of the level that it is pegged to."""
        own, other = order.side, Side(1 - order.side)
        is_primary = order.asked.peg_price_type is PegPriceType.PRIMARY
        facing = self.side_of_book(order.instrument, own if is_primary else other)
        levels = list(dict.fromkeys(o.price for o in facing))
        refuse_if(order.asked.peg_offset >= len(levels), R.PEG_LIQUIDITY)
        order.price = levels[order.asked.peg_offset]

    def is_pegged_now(self, order: Order) -> bool:
        """Whether it gets its peg price on entry, not when it triggers."""
        return order.is_pegged and order.type in (OrderType.LIMIT, OrderType.LIMIT_MAKER)

    def is_fok(self, order: Order) -> bool:
        return order.sent.time_in_force is TimeInForce.FOK

    # Prices to compare with, as fractions (N, Q).

    def reference_price(self, market: Market) -> tuple[int, int] | None:
        """The mean of the trade prices in the buckets, or what the operator said."""
        rule = market.definition
        if rule.reference_bucket_count == 0:
            return (market.reference_ticks, 1) if market.reference_ticks else None
        width = rule.reference_bucket_width_ms * 1_000
        cutoff = self.time_us - rule.reference_bucket_count * width
        buckets: dict[int, tuple[int, int]] = {}  # opening time -> trades, sum of their prices
        for time_us, price, _ in reversed(market.trades):
            opened = time_us - time_us % width
            if opened + width <= cutoff:
                break
            count, total = buckets.get(opened, (0, 0))
            buckets[opened] = (count + 1, total + price)
        counts = sums = 0
        for opened, (count, total) in buckets.items():
            for_how_long_gone = max(0, cutoff - opened)
            counts += count * PERCENT - count * PERCENT * for_how_long_gone // width
            sums += total * PERCENT - total * PERCENT * for_how_long_gone // width
        return (sums * PERCENT // counts, PERCENT) if buckets else None

    def reference(self, market: Market) -> tuple[int, int] | None:
        """What the filters compare with, or None before the first trade."""
        price = self.reference_price(market)
        if price is not None:
            return price
        if not market.trades:
            return None
        first_minute = self.time_us // MINUTE_US - market.definition.average_price_minutes + 1
        total = lots = 0
        for time_us, price_ticks, traded in reversed(market.trades):
            if time_us // MINUTE_US < first_minute:
                break
            total, lots = total + price_ticks * traded, lots + traded
        return (total, lots) if lots else (market.last_price, 1)

    def reach_of(self, taker: Order) -> Reach:
        """The price range that a taker gets when it starts to meet the book."""
        market = self.market_for(taker)
        rule, reference = market.definition, self.reference_price(market)
        up, down = rule.ask_limit_multiplier_up, rule.ask_limit_multiplier_down
        if taker.side is Side.BUY:
            up, down = rule.bid_limit_multiplier_up, rule.bid_limit_multiplier_down
        if reference is None:
            return 0, None
        price, weight = reference
        low = -(-price * down // (weight * PERCENT))
        return low, price * up // (weight * PERCENT) if up else None


def is_within(reach: Reach, price: int) -> bool:
    low, high = reach
    return low <= price and (high is None or price <= high)
