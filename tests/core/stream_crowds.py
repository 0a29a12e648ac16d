"""Crowds: more work for after one command than one command may do."""

from rialto.messages import commands as c
from rialto.messages.commands import Command
from rialto.messages.ids import AccountId, InstrumentId
from rialto.messages.instructions import Instructions, OrderLeg
from rialto.messages.orders import (
    InstrumentStatus,
    OrderListType,
    OrderType,
    Side,
    StpMode,
    TimeInForce,
)
from tests.core import markets
from tests.core.model import Model
from tests.core.model_follow_ups import FOLLOW_UPS_MAX
from tests.core.stream_exchange import RandomExchange

CROWDED = (0, 0, 0, 1)  # instruments without a limit on the number of orders


class Crowds(RandomExchange):
    def crowd(self, model: Model) -> list[Command]:
        instrument = InstrumentId(self.random.choice(CROWDED))
        near = self.near_price(self.market(model, instrument), instrument)
        crowds = (self.crowd_of_stops, self.crowd_at_opening, self.crowd_of_late_orders)
        make = self.pick(*crowds, self.crowd_of_lists)
        commands: list[Command] = make(instrument, near)
        return commands

    def size(self) -> int:
        return FOLLOW_UPS_MAX + self.random.randint(1, 40)

    def order(
        self, account: AccountId, instrument: InstrumentId, side: Side, price: int, lots: int
    ) -> c.PlaceOrder:
        gtc, none = TimeInForce.GTC, StpMode.NONE
        what = (account, instrument, side, OrderType.LIMIT, gtc, none)
        return c.PlaceOrder(*what, False, max(1, price), lots)

    def crowd_of_stops(self, instrument: InstrumentId, near: int) -> list[Command]:
        """Of one account or two, and then something that sets them off."""
        side = self.random.choice((Side.BUY, Side.SELL))
        sign = 1 if side is Side.BUY else -1
        gtc, none = TimeInForce.GTC, StpMode.NONE
        accounts = self.random.sample(markets.ACCOUNTS, 4)
        crowd: list[Command] = []
        for _ in range(self.size()):
            asked = Instructions(stop_price_ticks=max(1, near + sign * self.pick(1, 1, 1, 2)))
            account = self.pick(*accounts[:2])
            what = (account, instrument, side, OrderType.STOP_LOSS, gtc, none)
            crowd.append(c.PlaceOrder(*what, False, 0, 1, instructions=asked))
        for account, on_side in ((accounts[2], Side(1 - side)), (accounts[3], side)):
            crowd.append(self.order(account, instrument, on_side, near + sign * 2, 30))
        if self.chance(0.5):
            status = InstrumentStatus
            halted = self.pick(status.HALT, status.AUCTION, status.CANCEL_ONLY)
            crowd.append(c.SetInstrumentStatus(instrument, halted))
            crowd.append(c.SetInstrumentStatus(instrument, status.TRADING))
        return crowd

    def crowd_at_opening(self, instrument: InstrumentId, near: int) -> list[Command]:
        """Many small orders against a large one, and some who will not wait for the end."""
        side, status = self.random.choice((Side.BUY, Side.SELL)), InstrumentStatus
        few, many = self.random.sample(markets.ACCOUNTS, 2)
        count = self.size()
        crowd = [self.order(many, instrument, side, near, 1) for _ in range(count)]
        large = self.order(few, instrument, Side(1 - side), near, count + 20)
        impatient: list[Command] = [
            self.order(few, instrument, side, near, 1),
            c.CancelAllOrders(self.pick(few, many), instrument),
            c.SetInstrumentStatus(instrument, self.pick(status.HALT, status.AUCTION)),
            c.AdvanceTime(),
        ]
        self.random.shuffle(impatient)
        return [
            c.SetInstrumentStatus(instrument, status.AUCTION),
            *crowd,
            large,
            c.SetInstrumentStatus(instrument, status.TRADING),
            *impatient,
        ]

    def crowd_of_late_orders(self, instrument: InstrumentId, near: int) -> list[Command]:
        """Far from the touch, and all past their time at once."""
        side = self.random.choice((Side.BUY, Side.SELL))
        price = near - 5 if side is Side.BUY else near + 5
        account = self.random.choice(markets.ACCOUNTS)
        crowd: list[Command] = []
        for _ in range(self.size()):
            till_us = max(0, self.time_us + self.pick(1, 1_000_000))
            order = self.order(account, instrument, side, price, 1)
            fields = {name: getattr(order, name) for name in order.__struct_fields__}
            fields["instructions"] = Instructions(good_till_us=till_us)
            crowd.append(c.PlaceOrder(**fields))
        return crowd

    def crowd_of_lists(self, instrument: InstrumentId, near: int) -> list[Command]:
        """One order fills the working orders of all, and their owner changes its mind at once."""
        side = self.random.choice((Side.BUY, Side.SELL))
        owner, other = self.random.sample(markets.ACCOUNTS, 2)
        gtc = TimeInForce.GTC
        working = OrderLeg(side, OrderType.LIMIT, gtc, near, 1)
        pending = OrderLeg(Side(1 - side), OrderType.LIMIT, gtc, near, 1)
        what = (owner, instrument, OrderListType.OTO, StpMode.NONE, False, "", (working, pending))
        count = self.size()
        crowd: list[Command] = [c.PlaceOrderList(*what) for _ in range(count)]
        crowd.append(self.order(other, instrument, Side(1 - side), near, count + 30))
        return [*crowd, c.CancelAllOrders(owner, instrument)]
