"""A small market for the engine's tests: how to set it up, and orders that cross, rest and fail."""

from collections.abc import Iterator
from random import Random

from rialto.engine.limits import EngineLimits
from rialto.messages import commands as c
from rialto.messages.codec import encode_command
from rialto.messages.commands import Command
from rialto.messages.ids import AccountId, InstrumentId
from rialto.messages.orders import OrderType, Side, StpMode, TimeInForce
from tests.core.markets import BTC, PLAIN, USD

INSTRUMENT = InstrumentId(0)
ACCOUNTS = (AccountId(1), AccountId(2), AccountId(3))
FUNDS = 10**15
SMALL = EngineLimits(segment_bytes=1 << 16)


def setup_commands() -> list[Command]:
    funds = [c.Deposit(account, asset, FUNDS) for account in ACCOUNTS for asset in (BTC, USD)]
    return [
        c.AddAsset(8, "BTC"),
        c.AddAsset(8, "USD"),
        c.ListInstrument(PLAIN),
        *[c.OpenAccount(account) for account in ACCOUNTS],
        *funds,
    ]


def order(
    account: AccountId, side: Side, price_ticks: int, lots: int, client_order_id: str = ""
) -> c.PlaceOrder:
    return c.PlaceOrder(
        account=account,
        instrument=INSTRUMENT,
        side=side,
        type=OrderType.LIMIT,
        time_in_force=TimeInForce.GTC,
        stp=StpMode.NONE,
        client_order_id_reusable=False,
        price_ticks=price_ticks,
        quantity_lots=lots,
        client_order_id=client_order_id,
    )


def random_orders(seed: int, client_ids: bool = False) -> Iterator[Command]:
    """Without end: orders around one price, some of an unknown account, now and then a cancel."""
    random, number = Random(seed), 0
    while True:
        number += 1
        account = random.choice((*ACCOUNTS, AccountId(99)))
        if random.random() < 0.1:
            yield c.CancelAllOrders(account, INSTRUMENT)
            continue
        side = random.choice((Side.BUY, Side.SELL))
        client_order_id = f"{seed}-{number}" if client_ids else ""
        yield order(account, side, random.randint(95, 105), random.randint(1, 9), client_order_id)


def frames(commands: list[Command]) -> bytes:
    return b"".join(encode_command(command) for command in commands)
