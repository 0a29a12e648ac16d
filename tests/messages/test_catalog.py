"""What is listed, from the events of the set-up commands."""

import pytest

from rialto.messages import commands as c
from rialto.messages.catalog import Catalog
from rialto.messages.ids import AccountId, AssetId, InstrumentId
from rialto.messages.instruments import Asset
from rialto.messages.orders import InstrumentStatus
from tests.core.machines import Core
from tests.core.markets import BTC, PLAIN, USD

ALICE, BOB, CAROL = (AccountId(n) for n in (1, 2, 3))
INSTRUMENT = InstrumentId(0)


@pytest.fixture
def catalog() -> Catalog:
    catalog = Catalog()
    commands = [
        c.AddAsset(8, "BTC"),
        c.AddAsset(2, "USD"),
        c.ListInstrument(PLAIN),
        c.OpenAccount(ALICE),
        c.OpenAccount(BOB),
        c.SetCommissionRates(INSTRUMENT, 0, 100, 200),
        c.SetCommissionRates(INSTRUMENT, 1, 0, 0),
        c.SetCommissionTier(ALICE, 1),
        c.SetCommissionTier(BOB, 2),
        c.SetInstrumentStatus(INSTRUMENT, InstrumentStatus.HALT),
        c.OpenAccount(BOB),  # rejected
    ]
    catalog.apply(Core().apply(1, 0, [(0, 0, command) for command in commands]))
    return catalog


def test_assets_and_instruments(catalog: Catalog) -> None:
    btc, usd = Asset(BTC, "BTC", 8), Asset(USD, "USD", 2)
    assert catalog.assets == {BTC: btc, USD: usd}
    instrument = catalog.instruments[INSTRUMENT]
    assert (instrument.symbol, instrument.base, instrument.quote) == ("BTCUSD", btc, usd)
    assert instrument.definition == PLAIN
    assert instrument.status is InstrumentStatus.HALT
    assert catalog.find_instrument("BTCUSD") is instrument
    assert catalog.find_asset("USD") == usd
    assert (catalog.find_instrument("btcusd"), catalog.find_asset("EUR")) == (None, None)
    assert AssetId(2) not in catalog.assets


@pytest.mark.parametrize(
    ("account", "ppm"),
    [
        (ALICE, (0, 0)),
        (BOB, (100, 200)),  # tier 2 has no rates of its own
        (CAROL, (100, 200)),
    ],
)
def test_commission(catalog: Catalog, account: AccountId, ppm: tuple[int, int]) -> None:
    assert catalog.commission_ppm(INSTRUMENT, account) == ppm


def test_accounts(catalog: Catalog) -> None:
    assert catalog.accounts == {ALICE, BOB}
