"""Numbers of the edge as integers and back: exact, or refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from rialto.messages import units
from rialto.messages.ids import AssetId, InstrumentId
from rialto.messages.instruments import Asset, Instrument
from rialto.messages.orders import InstrumentStatus
from tests.core.markets import PLAIN

BTC, USDT = Asset(AssetId(0), "BTC", 8), Asset(AssetId(1), "USDT", 6)
# A tick of 0.01 USDT, a lot of 0.001 BTC: one lot costs 0.00001 USDT per tick.
INSTRUMENT = Instrument(
    InstrumentId(0),
    replace(PLAIN, quote_units_per_tick_lot=10, base_units_per_lot=100_000),
    BTC,
    USDT,
    InstrumentStatus.TRADING,
)


@pytest.mark.parametrize(
    ("text", "ticks"),
    [
        ("0.01", 1),
        ("19240.5", 1_924_050),
        ("19240.500000000000000000000000000000000000", 1_924_050),
        ("1E+2", 10_000),
        ("0", 0),
        ("-0.01", -1),
        ("0.001", None),
        ("0.0100000000000000000000000000000000000001", None),
        ("92233720368547758.07", 2**63 - 1),
        ("92233720368547758.08", None),
        ("1e400", None),
        ("1e999999", None),
        ("1e-999999", None),
        ("0e999999", 0),
        ("NaN", None),
        ("Infinity", None),
        ("-Infinity", None),
    ],
)
def test_prices(text: str, ticks: int | None) -> None:
    assert units.ticks(Decimal(text), INSTRUMENT) == ticks


@pytest.mark.parametrize(
    ("text", "lots"),
    [("0.001", 1), ("1", 1_000), ("0.0005", None), ("0.00000000001", None), ("NaN", None)],
)
def test_quantities(text: str, lots: int | None) -> None:
    assert units.lots(Decimal(text), INSTRUMENT) == lots


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0.000001", 1),
        ("12.5", 12_500_000),
        ("0.0000001", None),
        ("170141183460469231731687303715884.105727", 2**127 - 1),
        ("170141183460469231731687303715884.105728", None),
    ],
)
def test_amounts(text: str, amount: int | None) -> None:
    assert units.amount(Decimal(text), USDT) == amount


@given(st.integers(1, 2**63 - 1))
def test_there_and_back(count: int) -> None:
    assert units.ticks(units.price(count, INSTRUMENT), INSTRUMENT) == count
    assert units.lots(units.quantity(count, INSTRUMENT), INSTRUMENT) == count
    assert units.amount(USDT.decimal(count << 60), USDT) == count << 60


@pytest.mark.parametrize(
    ("quote_amount", "lots", "price"),
    [(0, 0, "0"), (10, 1, "0.01"), (70, 4, "0.0175"), (10, 3, "0.003333"), (20, 3, "0.006667")],
)
def test_an_average_price_is_rounded_to_the_quote_asset(
    quote_amount: int, lots: int, price: str
) -> None:
    assert units.average_price(quote_amount, lots, INSTRUMENT) == Decimal(price)
