"""A small past for a data directory: the demo's accounts trade a little."""

from pathlib import Path

from rialto.engine.engine import Engine
from rialto.messages.catalog import Catalog
from rialto.messages.codec import encode_command
from rialto.messages.commands import CancelOrder, Command, PlaceOrder
from rialto.messages.ids import AccountId, InstrumentId, OrderId
from rialto.messages.orders import OrderType, Side, StpMode, TimeInForce
from rialto.ops import demo
from rialto.projections.database import FILE_NAME, Database
from rialto.projections.follow import project

ALICE, BOB = demo.TRADERS
BTCUSDT = InstrumentId(0)


def limit(account: AccountId, side: Side, price_ticks: int, quantity_lots: int) -> PlaceOrder:
    return PlaceOrder(
        account=account,
        instrument=BTCUSDT,
        side=side,
        type=OrderType.LIMIT,
        time_in_force=TimeInForce.GTC,
        stp=StpMode.NONE,
        client_order_id_reusable=False,
        price_ticks=price_ticks,
        quantity_lots=quantity_lots,
    )


TRADING: list[Command] = [
    limit(ALICE, Side.SELL, 5_000_000, 2_000),
    limit(ALICE, Side.SELL, 5_000_100, 3_000),
    limit(BOB, Side.BUY, 5_000_000, 2_500),
    limit(BOB, Side.BUY, 4_900_000, 1_000),
    CancelOrder(ALICE, BTCUSDT, OrderId(2)),
    limit(BOB, Side.SELL, 5_100_000, 0),
]


async def trade(directory: Path, commands: list[Command], *, set_up: bool = False) -> None:
    """One run of an engine: the commands one by one, and a clean end."""
    engine = await Engine.open(directory)
    if set_up:
        missing = demo.missing(Catalog())
        await engine.submit_frames(b"".join(map(encode_command, missing)), len(missing))
    for command in commands:
        await engine.submit(command)
    await engine.close()


def bring_sql_up_to_date(directory: Path) -> None:
    database = Database.open(directory / FILE_NAME)
    project(directory, database)
    database.close()
