"""A small exchange to write stories with: the real core, one instrument, two rich accounts."""

from collections.abc import Callable

from rialto.messages import commands as c
from rialto.messages.commands import Command
from rialto.messages.events import Event
from rialto.messages.ids import AccountId, AssetId, InstrumentId, OrderId
from rialto.messages.orders import OrderType, Side, StpMode, TimeInForce
from tests.core.machines import Core
from tests.core.markets import BTC, PLAIN, USD

ALICE, BOB = AccountId(1), AccountId(2)
INSTRUMENT = InstrumentId(0)
START_US = 1_700_000_040_000_000  # a whole minute
FUNDS = 1_000_000_000


class Exchange:
    """apply() hands every batch of events to the folds, and returns it."""

    def __init__(self, *folds: Callable[[list[Event]], object]) -> None:
        self.core = Core()
        self.time_us = START_US
        self._folds = folds
        self.apply(
            c.AddAsset(8, "BTC"),
            c.AddAsset(2, "USD"),
            c.ListInstrument(PLAIN),
            *(c.OpenAccount(account) for account in (ALICE, BOB)),
            *(_fund(account, asset) for account in (ALICE, BOB) for asset in (BTC, USD)),
        )

    def apply(self, *commands: Command) -> list[Event]:
        batch = [(0, 0, command) for command in commands]
        events = self.core.apply(self.core.exchange.sequence + 1, self.time_us, batch)
        for fold in self._folds:
            fold(events)
        return events


def _fund(account: AccountId, asset: AssetId) -> c.Deposit:
    return c.Deposit(account, asset, FUNDS)


def order(
    account: AccountId,
    side: Side,
    quantity_lots: int,
    price_ticks: int,
    time_in_force: TimeInForce = TimeInForce.GTC,
    stp: StpMode = StpMode.NONE,
    client_order_id: str = "",
) -> c.PlaceOrder:
    """A limit order, or at price 0 a market order."""
    type_ = OrderType.LIMIT if price_ticks else OrderType.MARKET
    return c.PlaceOrder(
        account,
        INSTRUMENT,
        side,
        type_,
        time_in_force,
        stp,
        client_order_id_reusable=False,
        price_ticks=price_ticks,
        quantity_lots=quantity_lots,
        client_order_id=client_order_id,
    )


def cancel(account: AccountId, order_id: int) -> c.CancelOrder:
    return c.CancelOrder(account, INSTRUMENT, OrderId(order_id))


def amend(
    account: AccountId, order_id: int, quantity_lots: int, new_client_order_id: str = ""
) -> c.AmendOrder:
    return c.AmendOrder(
        account, INSTRUMENT, OrderId(order_id), quantity_lots, "", new_client_order_id
    )
