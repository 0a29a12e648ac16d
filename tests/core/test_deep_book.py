"""A book of very many orders and levels: too many for the naive exchange, so sorting judges it."""

from random import Random

from msgspec.structs import replace

from rialto._core import Exchange
from rialto.messages import commands as c
from rialto.messages.codec import decode_events, encode_command
from rialto.messages.events import Event, TradeExecuted
from rialto.messages.ids import AccountId, InstrumentId, OrderId
from rialto.messages.orders import OrderType, Side, StpMode, TimeInForce
from tests.core.markets import DEFINITIONS, HUGE, opening

BOOK = InstrumentId(len(DEFINITIONS))
MAKERS, TAKER = AccountId(1), AccountId(2)
PRICE_TICKS_MAX = HUGE.max_price_ticks
ORDERS, CANCELS, SWEEPS = 60_000, 20_000, 200
BATCH = 10_000


def give(exchange: Exchange, commands: list[c.Command]) -> list[Event]:
    events: list[Event] = []
    for start in range(0, len(commands), BATCH):
        frames = b"".join(map(encode_command, commands[start : start + BATCH]))
        events += decode_events(exchange.apply(exchange.sequence + 1, 1, frames))
    return events


def limit(account: AccountId, side: Side, price: int, lots: int, rest: TimeInForce) -> c.PlaceOrder:
    what = (account, BOOK, side, OrderType.LIMIT, rest, StpMode.NONE)
    return c.PlaceOrder(*what, False, price, lots)


def some_price(random: Random) -> int:
    """Anywhere, or near one of the places where a ladder of digits changes its digits."""
    if random.random() < 0.3:
        return random.randint(1, PRICE_TICKS_MAX)
    corner = int(64 ** random.randint(1, 6)) * random.randint(1, 63)
    return min(max(1, corner + random.randint(-40, 40)), PRICE_TICKS_MAX)


def test_a_book_of_many_orders_is_swept_in_order() -> None:
    random, exchange = Random(7), Exchange()
    without_filters = replace(HUGE, symbol="DEEP", bid_multiplier_up=0, ask_multiplier_up=0)
    give(exchange, [*opening(), c.ListInstrument(without_filters)])
    prices = [some_price(random) for _ in range(ORDERS)]
    sizes = [random.randint(1, 3) for _ in range(ORDERS)]
    side = Side.SELL
    resting = dict(enumerate(zip(prices, sizes, strict=True), 1))
    placed = [limit(MAKERS, side, price, lots, TimeInForce.GTC) for price, lots in resting.values()]
    give(exchange, [*placed])
    for gone in random.sample(range(1, ORDERS + 1), CANCELS):
        del resting[gone]
    canceled = [OrderId(n) for n in range(1, ORDERS + 1) if n not in resting]
    random.shuffle(canceled)
    give(exchange, [c.CancelOrder(MAKERS, BOOK, order_id) for order_id in canceled])

    queue = sorted((price, order_id, lots) for order_id, (price, lots) in resting.items())
    assert exchange.open_orders(BOOK) == [
        (order_id, MAKERS, side, price, lots, lots) for price, order_id, lots in queue
    ]
    sweeps: list[c.Command] = []
    expected: list[tuple[int, int, int]] = []
    while len(sweeps) < SWEEPS and queue:
        wanted = random.randint(1, 300)
        sweeps.append(limit(TAKER, Side.BUY, PRICE_TICKS_MAX, wanted, TimeInForce.IOC))
        while wanted and queue:
            price, order_id, lots = queue[0]
            traded = min(lots, wanted)
            expected.append((price, order_id, traded))
            wanted -= traded
            queue[0] = (price, order_id, lots - traded)
            if lots == traded:
                queue.pop(0)
    trades = [event for event in give(exchange, sweeps) if isinstance(event, TradeExecuted)]
    assert [(t.price_ticks, t.maker_order_id, t.quantity_lots) for t in trades] == expected
    assert [row[0] for row in exchange.open_orders(BOOK)] == [row[1] for row in queue]
    assert Exchange.restore(exchange.snapshot()).state_hash() == exchange.state_hash()
