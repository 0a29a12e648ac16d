"""Random orders and order lists, with all that they may ask for."""

from msgspec.structs import replace

from rialto.messages import commands as c
from rialto.messages.ids import AccountId, InstrumentId
from rialto.messages.instructions import Instructions, OrderLeg
from rialto.messages.orders import (
    CONDITIONAL_TYPES,
    OrderListType,
    OrderType,
    PegPriceType,
    Side,
    StpMode,
    TimeInForce,
)
from tests.core.markets import EXTREME_I64, EXTREME_I128
from tests.core.model import Model
from tests.core.model_state import STOP_LOSSES
from tests.core.stream_parts import HUGE, Parts

SIDES, TIMES_IN_FORCE, STP_MODES = list(Side), list(TimeInForce), list(StpMode)
PEGS, LIST_TYPES = list(PegPriceType), list(OrderListType)
PLAIN_TYPES = (OrderType.LIMIT, OrderType.MARKET, OrderType.LIMIT_MAKER)
ALL_TYPES = list(OrderType)
PRICED = (
    OrderType.LIMIT,
    OrderType.LIMIT_MAKER,
    OrderType.STOP_LOSS_LIMIT,
    OrderType.TAKE_PROFIT_LIMIT,
)
DELTAS = (1, 50, 100, 100, 150, 200, 300, 500, 1_000)
ABOVE_SELLS = (OrderType.LIMIT_MAKER, OrderType.TAKE_PROFIT, OrderType.TAKE_PROFIT_LIMIT)
LOSSES = (OrderType.STOP_LOSS, OrderType.STOP_LOSS_LIMIT)


class RandomOrders(Parts):
    def place(self, model: Model) -> c.PlaceOrder:
        gathering = self.gathering(model)
        if gathering and self.chance(0.5):
            return self.place_for_auction(InstrumentId(self.random.choice(gathering)))
        if self.is_simple or self.chance(0.45):
            return self.place_plain()
        return self.place_special(model)

    def place_for_auction(self, instrument: InstrumentId) -> c.PlaceOrder:
        """A limit order, here and there far over the other side."""
        order = self.place_plain()
        if self.chance(0.1):
            return replace(order, instrument=instrument)
        return replace(
            order,
            instrument=instrument,
            type=OrderType.LIMIT,
            time_in_force=TimeInForce.GTC,
            price_ticks=self.price(instrument),
            quantity_lots=self.lots(instrument),
            quote_amount=0,
        )

    def place_plain(self) -> c.PlaceOrder:
        account, instrument = self.account(), self.instrument()
        lots = self.lots(instrument)
        type_ = self.random.choices(PLAIN_TYPES, (70, 22, 8))[0]
        in_force = self.random.choices(TIMES_IN_FORCE, (75, 15, 10))[0]
        price, quote = self.price(instrument), 0
        if type_ is not OrderType.LIMIT and not self.chance(0.02):
            in_force = TimeInForce.GTC
        if type_ is OrderType.MARKET and not self.chance(0.02):
            price = 0
            if self.chance(0.5):
                lots, quote = 0, self.random.randrange(4_000)
        if self.chance(0.01):
            lots, quote, price = self.pick(lots, 0, -1), self.pick(quote, -1), self.pick(price, 0)
        what = (account, instrument, self.random.choice(SIDES), type_, in_force, self.stp())
        size = (price, lots, quote)
        return c.PlaceOrder(*what, self.chance(0.2), *size, self.client_order_id())

    def stp(self) -> StpMode:
        return self.random.choices(STP_MODES, (20, 12, 12, 12, 16, 20))[0]

    def place_extreme(self, model: Model) -> c.PlaceOrder:
        order = self.place(model)
        instrument = InstrumentId(HUGE) if self.chance(0.8) else order.instrument
        price = order.price_ticks and self.random.choice(EXTREME_I64)
        lots = order.quantity_lots and self.random.choice(EXTREME_I64)
        quote = order.quote_amount and self.random.choice(EXTREME_I128)
        asked = order.instructions
        if asked is not None:
            stop = asked.stop_price_ticks and self.random.choice(EXTREME_I64)
            asked = replace(asked, stop_price_ticks=stop, iceberg_lots=0)
        size = {"price_ticks": price, "quantity_lots": lots, "quote_amount": quote}
        return replace(order, instrument=instrument, instructions=asked, **size)

    # With instructions.

    def place_special(self, model: Model) -> c.PlaceOrder:
        account, instrument, side = self.account(), self.instrument(), self.random.choice(SIDES)
        type_ = self.random.choices(ALL_TYPES, (25, 4, 10, 16, 20, 10, 15))[0]
        leg = self.leg(model, instrument, side, type_)
        asked = leg.instructions or Instructions()
        if self.chance(0.12):
            ahead_us = self.pick(1, 300_000, 2_000_000, 2_000_000, 5_000_000, 60_000_000)
            asked = replace(asked, good_till_us=max(0, self.time_us + ahead_us))
        if self.chance(0.02):
            asked = replace(asked, good_till_us=self.pick(1, self.time_us, 2**64 - 1))
        what = (account, instrument, side, type_, leg.time_in_force, self.stp())
        size = (leg.price_ticks, leg.quantity_lots, 0)
        instructions = asked if asked != Instructions() or self.chance(0.05) else None
        names = (leg.client_order_id, instructions)
        return c.PlaceOrder(*what, self.chance(0.2), *size, *names)

    def leg(self, model: Model, instrument: InstrumentId, side: Side, type_: OrderType) -> OrderLeg:
        """An order of a type, as it would be sent: mostly right."""
        lots, price = self.lots(instrument), self.price(instrument)
        in_force = TimeInForce.GTC
        if type_ in (OrderType.LIMIT, OrderType.STOP_LOSS_LIMIT, OrderType.TAKE_PROFIT_LIMIT):
            in_force = self.random.choices(TIMES_IN_FORCE, (80, 10, 10))[0]
        if self.is_market(type_) and not self.chance(0.01):
            price = 0
        asked = self.conditions(model, instrument, side, type_)
        if type_ in PRICED or self.chance(0.03):
            asked, price = self.price_instructions(asked, price, lots)
        if self.chance(0.05):
            asked = replace(asked, strategy_id=self.pick(1, -(2**63), 2**63 - 1), strategy_type=7)
        if self.chance(0.01):
            in_force = self.random.choice(TIMES_IN_FORCE)
        instructions = asked if asked != Instructions() or self.chance(0.05) else None
        name = self.client_order_id(0.8)
        return OrderLeg(side, type_, in_force, price, lots, name, instructions)

    def conditions(
        self, model: Model, instrument: InstrumentId, side: Side, type_: OrderType
    ) -> Instructions:
        if type_ not in CONDITIONAL_TYPES:
            if self.chance(0.99):
                return Instructions()
            return Instructions(stop_price_ticks=self.pick(100, -1), trailing_delta=self.pick(0, 5))
        is_rising = (type_ in STOP_LOSSES) is (side is Side.BUY)
        near = self.near_price(self.market(model, instrument), instrument)
        distance = self.random.choice((1, 1, 2, 2, 3, 4)) if self.chance(0.9) else self.pick(0, -1)
        distance *= self.step(instrument)
        stop = max(1, near + distance if is_rising else near - distance)
        delta = 0
        if self.chance(0.3):
            delta = self.random.choice(DELTAS)
            stop = stop if self.chance(0.5) else 0
        if self.chance(0.02):
            stop, delta = self.pick(0, -1, stop), self.pick(0, 9_999, 10_000, 2**32 - 1)
        return Instructions(stop_price_ticks=stop, trailing_delta=delta)

    def price_instructions(
        self, asked: Instructions, price: int, lots: int
    ) -> tuple[Instructions, int]:
        """Now and then an iceberg, or a peg."""
        if self.chance(0.2):
            parts = self.random.randint(2, 5)
            visible = max(lots // parts, lots // 16, 1)
            asked = replace(asked, iceberg_lots=visible)
        if self.chance(0.01):
            asked = replace(asked, iceberg_lots=self.pick(-1, lots, lots + 1, 2**63 - 1))
        if self.chance(0.15):
            offset = self.pick(0, 0, 0, 1, 2) if self.chance(0.95) else self.pick(100, 101, 255)
            peg = self.random.choice(PEGS[1:])
            asked = replace(asked, peg_price_type=peg, peg_offset=offset)
            price = 0 if self.chance(0.7) else price
        if self.chance(0.01):
            asked = replace(asked, peg_price_type=self.random.choice(PEGS), peg_offset=1)
        return asked, price

    # Lists.

    def place_list(self, model: Model) -> c.PlaceOrderList:
        account, instrument = self.account(), self.instrument()
        list_type = self.random.choices(LIST_TYPES, (35, 20, 20, 12, 13))[0]
        legs = self.legs(model, account, instrument, list_type)
        if self.chance(0.04):
            legs = self.spoil(model, instrument, legs)
        name = "" if self.chance(0.6) else f"list-{self.random.randrange(8)}"
        what = (account, instrument, list_type, self.stp(), self.chance(0.2), name)
        return c.PlaceOrderList(*what, tuple(legs))

    def legs(
        self, model: Model, account: AccountId, instrument: InstrumentId, list_type: OrderListType
    ) -> list[OrderLeg]:
        side = self.random.choice(SIDES)
        if list_type is OrderListType.OCO:
            return self.pair(model, instrument, side)
        is_opo = list_type in (OrderListType.OPO, OrderListType.OPOCO)
        working_side = Side.BUY if is_opo else side
        type_ = self.pick(OrderType.LIMIT, OrderType.LIMIT, OrderType.LIMIT_MAKER)
        working = self.leg(model, instrument, working_side, type_)
        pending_side = Side.SELL if is_opo else self.random.choice(SIDES)
        if list_type in (OrderListType.OTO, OrderListType.OPO):
            type_ = self.random.choices(ALL_TYPES, (35, 12, 8, 12, 12, 9, 12))[0]
            pending = [self.leg(model, instrument, pending_side, type_)]
        else:
            pending = self.pair(model, instrument, pending_side)
        if is_opo:
            pending = [replace(leg, quantity_lots=0) for leg in pending]
        return [working, *pending]

    def pair(self, model: Model, instrument: InstrumentId, side: Side) -> list[OrderLeg]:
        profit = self.random.choices(ABOVE_SELLS, (60, 15, 25))[0]
        loss = self.random.choice(LOSSES)
        types = (profit, loss) if side is Side.SELL else (loss, profit)
        above, below = (self.leg(model, instrument, side, type_) for type_ in types)
        near = self.near_price(self.market(model, instrument), instrument)
        step = self.step(instrument) * self.random.choice((1, 1, 2, 3))
        if above.type is OrderType.LIMIT_MAKER and above.price_ticks and self.chance(0.9):
            above = replace(above, price_ticks=near + step)
        if below.type is OrderType.LIMIT_MAKER and below.price_ticks and self.chance(0.9):
            below = replace(below, price_ticks=max(1, near - step))
        return [above, replace(below, quantity_lots=above.quantity_lots)]

    def spoil(self, model: Model, instrument: InstrumentId, legs: list[OrderLeg]) -> list[OrderLeg]:
        """Something that makes no such list, or leads to its refusal."""
        which = self.random.randrange(len(legs))
        leg = legs[which]
        type_ = self.random.choice(ALL_TYPES)
        asked = leg.instructions or Instructions()
        choices: tuple[list[OrderLeg], ...] = (
            legs[:-1],
            [*legs, leg][:3],
            [],
            legs[::-1],
            [replace(other, client_order_id="order-1") for other in legs],
            self.with_leg(legs, which, self.leg(model, instrument, leg.side, type_)),
            self.with_leg(legs, which, replace(leg, side=Side(1 - leg.side))),
            self.with_leg(legs, which, replace(leg, quantity_lots=self.pick(0, -1, 1, 2**62))),
            self.with_leg(legs, which, replace(leg, price_ticks=self.pick(0, -1, 1, 2**62))),
            self.with_leg(legs, which, replace(leg, instructions=replace(asked, good_till_us=1))),
        )
        return self.random.choice(choices)

    def with_leg(self, legs: list[OrderLeg], which: int, leg: OrderLeg) -> list[OrderLeg]:
        return [*legs[:which], leg, *legs[which + 1 :]]
