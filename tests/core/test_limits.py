"""The named maxima of the core, reached in earnest. The model has no limits on counts."""

from collections.abc import Iterator
from itertools import islice

import pytest

from rialto._core import Exchange
from rialto.messages import commands as c
from rialto.messages.codec import decode_events, encode_command
from rialto.messages.events import CommandRejected, Event, OrderRejected, OrderRepeated
from rialto.messages.ids import AccountId, AssetId, InstrumentId, OrderId, WithdrawalId
from rialto.messages.instructions import Instructions
from rialto.messages.orders import OrderType, Side, StpMode, TimeInForce
from rialto.messages.rejections import Rejection
from tests.core.markets import PLAIN

ALICE, BTC = AccountId(1), AssetId(0)
AMOUNT_MAX, SUPPLY_MAX = 2**100, 2**120
WITHDRAWALS_HELD_MAX = 1_000_000
ASSETS_MAX = 65_536
CLIENT_ORDER_IDS_MAX = 4_194_304
TRAILING_ORDERS_MAX = 8_192
CHUNK = 65_536


def opened() -> Exchange:
    exchange = Exchange()
    give(exchange, c.AddAsset(8, "BTC"), c.AddAsset(2, "USD"), c.ListInstrument(PLAIN))
    give(exchange, c.OpenAccount(ALICE))
    return exchange


def give(exchange: Exchange, *commands: c.Command) -> list[Event]:
    frames = b"".join(encode_command(command) for command in commands)
    return decode_events(exchange.apply(exchange.sequence + 1, 1, frames))


def pour(exchange: Exchange, frames: Iterator[bytes]) -> None:
    """Apply very many frames, and look at none of their events."""
    while chunk := b"".join(islice(frames, CHUNK)):
        exchange.apply(exchange.sequence + 1, 1, chunk)


def rejections(events: list[Event]) -> list[Rejection | None]:
    return [e.rejection if isinstance(e, CommandRejected) else None for e in events]


@pytest.mark.slow
def test_the_supply_of_an_asset_is_limited() -> None:
    exchange = opened()
    most = encode_command(c.Deposit(ALICE, BTC, AMOUNT_MAX))
    pour(exchange, (most for _ in range(SUPPLY_MAX // AMOUNT_MAX)))
    assert (ALICE, BTC, SUPPLY_MAX, 0) in exchange.balances()
    one, hold = c.Deposit(ALICE, BTC, 1), c.HoldWithdrawal(ALICE, BTC, WithdrawalId(1), 1)
    events = give(exchange, one, hold, one, c.SettleWithdrawal(WithdrawalId(1)), one, one)
    reached = Rejection.LIMIT_REACHED
    assert rejections(events) == [reached, None, reached, None, None, reached]


@pytest.mark.slow
def test_held_withdrawals_are_limited() -> None:
    exchange = opened()
    give(exchange, c.Deposit(ALICE, BTC, AMOUNT_MAX))
    ids = map(WithdrawalId, range(WITHDRAWALS_HELD_MAX))
    pour(exchange, (encode_command(c.HoldWithdrawal(ALICE, BTC, n, 1)) for n in ids))
    one_more = c.HoldWithdrawal(ALICE, BTC, WithdrawalId(WITHDRAWALS_HELD_MAX), 1)
    events = give(exchange, one_more, c.ReleaseWithdrawal(WithdrawalId(0)), one_more)
    assert rejections(events) == [Rejection.LIMIT_REACHED, None, None]


@pytest.mark.slow
def test_assets_are_limited() -> None:
    exchange = Exchange()
    pour(exchange, (encode_command(c.AddAsset(0, f"A{n}")) for n in range(ASSETS_MAX)))
    assert rejections(give(exchange, c.AddAsset(0, "ONE-MORE"))) == [Rejection.LIMIT_REACHED]


@pytest.mark.slow
def test_remembered_client_order_ids_are_limited_and_the_oldest_is_forgotten() -> None:
    exchange = opened()

    def order(number: int) -> c.PlaceOrder:
        what = (ALICE, InstrumentId(0), Side.BUY, OrderType.LIMIT, TimeInForce.IOC, StpMode.NONE)
        return c.PlaceOrder(*what, False, 1, 1, client_order_id=f"n{number:08}")

    give(exchange, c.Deposit(ALICE, AssetId(1), 1))
    template = encode_command(order(0))
    at = template.index(b"n00000000") + 1
    head, tail = template[:at], template[at + 8 :]
    pour(exchange, (head + b"%08d" % n + tail for n in range(CLIENT_ORDER_IDS_MAX)))
    assert isinstance(give(exchange, order(0))[0], OrderRepeated)
    give(exchange, order(CLIENT_ORDER_IDS_MAX))
    assert isinstance(give(exchange, order(1))[0], OrderRepeated)
    assert not isinstance(give(exchange, order(0))[0], OrderRepeated)
    assert not isinstance(give(exchange, order(1))[0], OrderRepeated)
    assert isinstance(give(exchange, order(3))[0], OrderRepeated)


def test_trailing_orders_of_an_instrument_are_limited() -> None:
    """Each moves with every price, so there are not too many of them; others wait in a ladder."""
    exchange = opened()
    give(exchange, c.Deposit(ALICE, BTC, 2 * TRAILING_ORDERS_MAX))

    def stop(delta: int) -> c.PlaceOrder:
        what = (ALICE, InstrumentId(0), Side.SELL, OrderType.STOP_LOSS, TimeInForce.GTC)
        asked = Instructions(stop_price_ticks=90, trailing_delta=delta)
        return c.PlaceOrder(*what, StpMode.NONE, False, 0, 1, instructions=asked)

    pour(exchange, (encode_command(stop(100)) for _ in range(TRAILING_ORDERS_MAX)))
    assert rejection(give(exchange, stop(100))) is Rejection.LIMIT_REACHED
    assert rejection(give(exchange, stop(0))) is None
    give(exchange, c.CancelOrder(ALICE, InstrumentId(0), OrderId(1)))
    assert rejection(give(exchange, stop(100))) is None
    assert rejection(give(exchange, stop(100))) is Rejection.LIMIT_REACHED


def rejection(events: list[Event]) -> Rejection | None:
    (event,) = events
    return event.rejection if isinstance(event, OrderRejected) else None
