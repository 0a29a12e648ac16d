"""The demo sets itself up once, around whatever is there already."""

from decimal import Decimal
from pathlib import Path

import pytest

from rialto.engine.engine import Engine
from rialto.identity.api_keys import ApiKeys, Permission
from rialto.messages.catalog import Catalog
from rialto.messages.commands import AddAsset, OpenAccount
from rialto.messages.ids import AccountId, AssetId
from rialto.ops import demo
from rialto.ops.listings import Listing, count, definition

ALICE, BOB = demo.TRADERS


async def set_up(directory: Path, *first: AddAsset | OpenAccount) -> tuple[Engine, Catalog]:
    """An engine after the demo's set-up, and what is listed then."""
    catalog, keys = Catalog(), ApiKeys.open(directory / "identity.sqlite")
    engine = await Engine.open(directory)
    for command in first:
        await engine.submit(command)
    for events in engine.read_events(0):
        catalog.apply(events)
    await demo.set_up(engine, catalog, keys)
    keys.close()
    catalog = Catalog()
    for events in engine.read_events(0):
        catalog.apply(events)
    return engine, catalog


def funds(engine: Engine, catalog: Catalog, account: AccountId) -> dict[str, Decimal]:
    return {
        catalog.assets[AssetId(asset)].symbol: catalog.assets[AssetId(asset)].decimal(free)
        for owner, asset, free, _ in engine.core.balances()
        if owner == account
    }


async def test_it_is_set_up_once(tmp_path: Path) -> None:
    engine, catalog = await set_up(tmp_path)
    sequence, state = engine.sequence, engine.core.state_hash()
    assert [i.symbol for i in catalog.instruments.values()] == [
        listing.symbol for listing in demo.LISTINGS
    ]
    for account in (ALICE, BOB):
        assert funds(engine, catalog, account) == {s: Decimal(a) for s, a in demo.FUNDS.items()}
    await engine.close()

    engine, _ = await set_up(tmp_path)
    assert (engine.sequence, engine.core.state_hash()) == (sequence, state)
    await engine.close()


async def test_what_is_there_is_used_as_it_is(tmp_path: Path) -> None:
    there = AddAsset(9, "GOLD"), AddAsset(10, "BTC"), OpenAccount(BOB)
    engine, catalog = await set_up(tmp_path, *there)
    bitcoin = catalog.find_asset("BTC")
    assert bitcoin is not None
    assert (bitcoin.id, bitcoin.decimals) == (1, 10)
    listed = catalog.find_instrument("BTCUSDT")
    assert listed is not None
    assert (listed.tick_size, listed.lot_size) == (Decimal("0.01"), Decimal("0.00001"))
    assert funds(engine, catalog, ALICE)["BTC"] == 100
    assert funds(engine, catalog, BOB) == {}  # it had its account, and what belongs to it, before
    await engine.close()


async def test_the_keys_stay_the_same_and_may_do_what_they_should(tmp_path: Path) -> None:
    found = []
    for _ in range(2):
        keys = ApiKeys.open(tmp_path / "identity.sqlite")
        engine = await Engine.open(tmp_path)
        catalog = Catalog()
        for events in engine.read_events(0):
            catalog.apply(events)
        found.append(await demo.set_up(engine, catalog, keys))
        await engine.close()
        keys.close()
    assert found[0] == found[1]
    assert [key.user for key in found[0].traders] == ["alice", "bob"]
    assert found[0].operator.permissions is Permission.OPERATOR
    assert {key.permissions for key in found[0].traders} == {Permission.READ | Permission.TRADE}


def test_a_listing_must_be_on_the_grid_of_its_assets() -> None:
    fine = Listing(
        base="ETH",
        quote="BTC",
        tick_size="0.00001",
        lot_size="0.0001",
        price_max="1000",
        quantity_max="100000",
        market_quantity_max="0",
        notional_min="0.0001",
        notional_max="0",
    )
    assets = {"ETH": AssetId(0), "BTC": AssetId(1)}
    with pytest.raises(ValueError, match="not a whole number"):
        definition(fine, assets, {"ETH": 8, "BTC": 8})
    assert definition(fine, assets, {"ETH": 8, "BTC": 9}).quote_units_per_tick_lot == 1


def test_counting_is_exact() -> None:
    assert count(Decimal("9000"), Decimal("0.00001")) == 900_000_000
    with pytest.raises(ValueError, match="whole"):
        count(Decimal("0.015"), Decimal("0.01"))
