"""What order/test says is what the machine says: random orders to the core, and to the checks."""

from random import Random

from rialto.gateway.wire.static_checks import static_rejection
from rialto.messages.catalog import Catalog
from rialto.messages.commands import PlaceOrder
from rialto.messages.events import Event, OrderPlaced, OrderRejected
from rialto.messages.instructions import Instructions
from rialto.messages.orders import InstrumentStatus, OrderType, TimeInForce
from rialto.messages.rejections import Rejection
from tests.core.machines import Core
from tests.core.markets import opening
from tests.core.model import Model
from tests.core.strategies import START_US, Stream

COMMANDS, SEEDS = 1_500, range(4)
# Found before the checks, by what only the machine knows.
EARLIER = {
    Rejection.DUPLICATE_CLIENT_ORDER_ID,
    Rejection.UNKNOWN_ACCOUNT,
    Rejection.UNKNOWN_INSTRUMENT,
}
# What no check of a book or a balance says.
STATIC = {
    Rejection.ORDER_TYPE_NOT_ALLOWED,
    Rejection.ICEBERG_NOT_ALLOWED,
    Rejection.TRAILING_STOP_NOT_ALLOWED,
    Rejection.PEG_NOT_ALLOWED,
    Rejection.QUOTE_QUANTITY_NOT_ALLOWED,
    Rejection.ICEBERG_QUANTITY,
    Rejection.ICEBERG_PARTS,
    Rejection.TRAILING_DELTA,
    Rejection.PEG_ORDER_TYPE,
    Rejection.PEG_PRICE_TYPE,
    Rejection.GOOD_TILL_TIME_PASSED,
    Rejection.STP_MODE_NOT_ALLOWED,
    Rejection.MAX_ASSET,
    Rejection.UNSUPPORTED_COMBINATION,
}


def can_be_sent(order: PlaceOrder) -> bool:
    """Over the wire; the rest is refused before it becomes a command."""
    wants = order.instructions or Instructions()
    numbers = (order.price_ticks, order.quantity_lots, order.quote_amount, wants.stop_price_ticks)
    is_gtc = order.time_in_force is TimeInForce.GTC
    if min(numbers) < 0 or max(numbers) >= 2**60:
        return False
    if order.type is OrderType.MARKET:
        return (
            not order.price_ticks
            and is_gtc
            and bool(order.quantity_lots) != bool(order.quote_amount)
        )
    return not order.quote_amount and (is_gtc or order.type is not OrderType.LIMIT_MAKER)


def is_judged(order: PlaceOrder, first: Event, catalog: Catalog) -> bool:
    """An auction that is opening is known to the machine alone."""
    instrument = catalog.instruments.get(order.instrument)
    if instrument is None or instrument.status is InstrumentStatus.AUCTION:
        return False
    is_earlier = isinstance(first, OrderRejected) and first.rejection in EARLIER
    return can_be_sent(order) and isinstance(first, OrderPlaced | OrderRejected) and not is_earlier


def test_it_says_what_the_machine_says() -> None:
    seen: set[Rejection | None] = set()
    for seed in SEEDS:
        for order, said, found in orders(seed):
            if found is not None:
                assert said is found, order
            elif said is not None:
                assert said not in STATIC, order
            seen.add(found)
    assert seen >= STATIC - {Rejection.MAX_ASSET, Rejection.QUOTE_QUANTITY_NOT_ALLOWED}


def orders(seed: int) -> list[tuple[PlaceOrder, Rejection | None, Rejection | None]]:
    """(order, what the machine said, what the checks say) of those that the checks can judge."""
    core, model, catalog, stream = Core(), Model(), Catalog(), Stream(Random(seed))
    found = []
    time_us, batch = START_US, [(0, 0, command) for command in opening()]
    while core.exchange.sequence < COMMANDS:
        for origin, number, command in batch:
            sequence = core.exchange.sequence + 1
            model.apply(sequence, time_us, [(origin, number, command)])
            events = core.apply(sequence, time_us, [(origin, number, command)])
            if isinstance(command, PlaceOrder) and is_judged(command, events[0], catalog):
                first, now_us = events[0], core.exchange.time_us
                instrument = catalog.instruments[command.instrument]
                says = static_rejection(command, instrument, catalog.asset_limits, now_us)
                said = first.rejection if isinstance(first, OrderRejected) else None
                found.append((command, said, says))
            catalog.apply(events)
        time_us, batch = stream.batch(model)
    return found
