"""What it costs to follow events: each fold in memory per event, and the projector with its SQL.

Load: limit orders of 50 accounts on 5 instruments around one price, four of ten find a match;
batches of 100 commands, 20 batches per transaction, SQLite with WAL and FULL on the disk of the
temporary directory. Not included: the core and the event log.
"""

import json
import tempfile
import time
from pathlib import Path
from random import Random

from msgspec.structs import replace

from rialto._core import Exchange
from rialto.market_data.folds import MarketData
from rialto.messages import commands as c
from rialto.messages.catalog import Catalog
from rialto.messages.codec import decode_events, encode_command
from rialto.messages.events import Event
from rialto.messages.ids import AccountId, InstrumentId
from rialto.messages.orders import OrderType, Side, StpMode, TimeInForce
from rialto.projections.database import FILE_NAME, Database
from rialto.projections.live import LiveBalances, LiveOrders
from rialto.projections.projector import Projector
from tests.core.markets import BTC, PLAIN, USD

ORDERS = 30_000
BATCH_COMMANDS = 100
TRANSACTION_BATCHES = 20
ACCOUNTS, INSTRUMENTS = 50, 5
RICH = 10**20
START_US = 1_700_000_000_000_000


def commands(count: int) -> list[c.Command]:
    random = Random(1)
    made: list[c.Command] = [c.AddAsset(8, "BTC"), c.AddAsset(8, "USD")]
    made += [c.ListInstrument(replace(PLAIN, symbol=f"I{n}")) for n in range(INSTRUMENTS)]
    for number in range(1, ACCOUNTS + 1):
        account = AccountId(number)
        made += [c.OpenAccount(account)]
        made += [c.Deposit(account, asset, RICH) for asset in (BTC, USD)]
    for number in range(count):
        made.append(
            c.PlaceOrder(
                AccountId(random.randint(1, ACCOUNTS)),
                InstrumentId(random.randrange(INSTRUMENTS)),
                random.choice(list(Side)),
                OrderType.LIMIT,
                TimeInForce.GTC,
                StpMode.NONE,
                client_order_id_reusable=False,
                price_ticks=1000 + random.randint(-20, 20),
                quantity_lots=random.randint(1, 20),
                client_order_id=f"order-{number}",
            )
        )
    return made


def frames(count: int) -> list[bytes]:
    core, made = Exchange(), commands(count)
    batches = []
    for first in range(0, len(made), BATCH_COMMANDS):
        batch = b"".join(map(encode_command, made[first : first + BATCH_COMMANDS]))
        batches.append(core.apply(first + 1, START_US + first * 1_000, batch))
    return batches


def run(count: int = ORDERS) -> dict[str, float]:
    """Microseconds per event of each fold, and orders and events per second of the projector."""
    raw = frames(count)
    started = time.perf_counter()
    batches = [decode_events(payload) for payload in raw]
    decode_s = time.perf_counter() - started
    events = sum(map(len, batches))
    found = {"events_per_order": events / count, "decode_us": decode_s / events * 1e6}
    catalog = Catalog()
    folds = {
        "catalog_us": catalog.apply,
        "orders_us": LiveOrders(catalog.instruments).apply,
        "balances_us": LiveBalances(catalog.instruments).apply,
        "market_data_us": MarketData().apply,
    }
    for name, apply in folds.items():
        started = time.perf_counter()
        for batch in batches:
            apply(batch)
        found[name] = (time.perf_counter() - started) / events * 1e6
    seconds = project(batches)
    found |= {"projector_orders_s": count / seconds, "projector_events_s": events / seconds}
    return {name: round(value, 2) for name, value in found.items()}


def project(batches: list[list[Event]]) -> float:
    """Seconds until all rows are in SQL."""
    with tempfile.TemporaryDirectory() as directory:
        database = Database.open(Path(directory) / FILE_NAME)
        projector = Projector(database)
        started = time.perf_counter()
        for first in range(0, len(batches), TRANSACTION_BATCHES):
            projector.apply(batches[first : first + TRANSACTION_BATCHES])
        seconds = time.perf_counter() - started
        database.close()
    return seconds


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
