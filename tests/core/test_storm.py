"""A hundred thousand stops at one price: each fires once, so many a command, nobody else waits."""

from collections import Counter

import pytest

from rialto._core import Exchange
from rialto.messages import commands as c
from rialto.messages.codec import decode_events, encode_command
from rialto.messages.events import (
    Event,
    OrderExpired,
    OrderPlaced,
    OrderRejected,
    OrderTriggered,
    TradeExecuted,
)
from rialto.messages.ids import AccountId, InstrumentId
from rialto.messages.instructions import Instructions
from rialto.messages.orders import ExpiryReason, OrderType, Side, StpMode, TimeInForce
from tests.core.markets import HUGE, opening
from tests.core.model_follow_ups import FOLLOW_UPS_MAX

STOPS = 100_000
STORM, CALM = InstrumentId(3), InstrumentId(0)
ALICE, BOB, CAROL = (AccountId(n) for n in (1, 2, 3))
START, STOP = 1_000, 1_001
CHUNK = 10_000


def order(
    account: AccountId,
    instrument: InstrumentId,
    side: Side,
    type_: OrderType,
    price: int,
    lots: int,
) -> c.PlaceOrder:
    what = (account, instrument, side, type_, TimeInForce.GTC, StpMode.NONE)
    asked = Instructions(stop_price_ticks=STOP) if type_ is OrderType.STOP_LOSS else None
    return c.PlaceOrder(*what, False, price, lots, instructions=asked)


def give(exchange: Exchange, *commands: c.Command) -> list[Event]:
    frames = b"".join(map(encode_command, commands))
    return decode_events(exchange.apply(exchange.sequence + 1, 1, frames))


def storm() -> Exchange:
    """The stops wait, and there is one offer at their price and many above it."""
    exchange = Exchange()
    give(exchange, *opening())
    assert HUGE.max_num_algo_orders == 0
    limit, stop = OrderType.LIMIT, OrderType.STOP_LOSS
    give(exchange, order(BOB, STORM, Side.SELL, limit, START, 1))
    give(exchange, order(CAROL, STORM, Side.BUY, limit, START, 1))
    give(exchange, order(BOB, STORM, Side.SELL, limit, STOP, 1))
    give(exchange, order(BOB, STORM, Side.SELL, limit, STOP + 1, STOPS * 2))
    frame = encode_command(order(ALICE, STORM, Side.BUY, stop, 0, 1))
    for _ in range(STOPS // CHUNK):
        exchange.apply(exchange.sequence + 1, 1, frame * CHUNK)
    return exchange


@pytest.mark.slow
def test_each_stop_fires_once_a_bounded_number_at_a_time_and_others_are_served() -> None:
    exchange = storm()
    assert exchange.wake_at_us is None
    events = give(exchange, order(CAROL, STORM, Side.BUY, OrderType.LIMIT, STOP, 1))
    fired: Counter[int] = Counter()
    commands = 0
    while exchange.wake_at_us == 0:
        triggered = [event.order_id for event in events if isinstance(event, OrderTriggered)]
        assert len(triggered) <= FOLLOW_UPS_MAX
        fired.update(triggered)
        commands += 1
        if commands % 10 == 0:
            # Somebody else trades at another instrument meanwhile, and at this one.
            first = order(BOB, CALM, Side.SELL, OrderType.LIMIT, 100, 1)
            give_and_count(exchange, fired, first)
            events = give(exchange, order(CAROL, CALM, Side.BUY, OrderType.LIMIT, 100, 1))
            assert isinstance(events[0], OrderPlaced)
            assert isinstance(events[1], TradeExecuted)
        elif commands % 10 == 5:
            events = give(exchange, order(CAROL, STORM, Side.BUY, OrderType.MARKET, 0, 1))
            assert isinstance(events[1], TradeExecuted)
        elif commands % 10 == 7:
            events = give(exchange, order(ALICE, STORM, Side.BUY, OrderType.STOP_LOSS, 0, 1))
            assert isinstance(events[0], OrderRejected), "it would trigger at once"
        else:
            events = give(exchange, c.AdvanceTime())
    fired.update(event.order_id for event in events if isinstance(event, OrderTriggered))
    assert len(fired) == STOPS
    assert set(fired.values()) == {1}
    assert commands >= STOPS // FOLLOW_UPS_MAX // 2
    bought = [row for row in exchange.balances() if row[:2] == (ALICE, HUGE.base)]
    assert bought[0][2] > opening_gold(exchange)
    assert Exchange.restore(exchange.snapshot()).state_hash() == exchange.state_hash()


def give_and_count(exchange: Exchange, fired: Counter[int], command: c.Command) -> None:
    events = give(exchange, command)
    fired.update(event.order_id for event in events if isinstance(event, OrderTriggered))


def opening_gold(exchange: Exchange) -> int:
    """What another account has that began with as much, and took nothing."""
    return next(row[2] for row in exchange.balances() if row[:2] == (AccountId(4), HUGE.base))


@pytest.mark.slow
def test_a_storm_survives_a_restart_at_any_time() -> None:
    """What is due is in the snapshot."""
    exchange, restored = storm(), None
    events = give(exchange, order(CAROL, STORM, Side.BUY, OrderType.LIMIT, STOP, 1))
    fired = sum(isinstance(event, OrderTriggered) for event in events)
    while exchange.wake_at_us == 0:
        if fired % 7 == 0:
            restored = Exchange.restore(exchange.snapshot())
            assert restored.wake_at_us == 0
            assert restored.state_hash() == exchange.state_hash()
            exchange = restored
        events = give(exchange, *[c.AdvanceTime()] * 50)
        fired += sum(isinstance(event, OrderTriggered) for event in events)
        assert not any(
            isinstance(event, OrderExpired) and event.reason is ExpiryReason.REJECTED
            for event in events
        )
    assert fired == STOPS
    assert restored is not None
