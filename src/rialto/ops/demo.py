"""The demo exchange: instruments, two funded accounts and their API keys, by ordinary commands.

In:  what is there already.
Out: what is missing, in one batch, so that a crash leaves all of it or nothing.
Never: a second deposit, or a key in the command log.
"""

from decimal import Decimal

import msgspec

from rialto.engine.engine import Engine
from rialto.identity.api_keys import ApiKey, ApiKeys, Permission
from rialto.identity.public_keys import KeyType
from rialto.messages.catalog import Catalog
from rialto.messages.codec import decode_events, encode_command
from rialto.messages.commands import AddAsset, Command, Deposit, ListInstrument, OpenAccount
from rialto.messages.events import CommandRejected
from rialto.messages.ids import AccountId, AssetId
from rialto.ops.listings import Listing, count, definition

DECIMALS = 8
ASSETS = ("USDT", "BTC", "ETH", "BNB", "SOL")

# Much as on Binance; ETHBTC has a larger lot, since tick times lot must be a whole satoshi.
LISTINGS = (
    Listing(
        base="BTC",
        quote="USDT",
        tick_size="0.01",
        lot_size="0.00001",
        price_max="1000000",
        quantity_max="9000",
        market_quantity_max="120",
        notional_min="5",
        notional_max="9000000",
    ),
    Listing(
        base="ETH",
        quote="USDT",
        tick_size="0.01",
        lot_size="0.0001",
        price_max="1000000",
        quantity_max="9000",
        market_quantity_max="2500",
        notional_min="5",
        notional_max="9000000",
    ),
    Listing(
        base="ETH",
        quote="BTC",
        tick_size="0.00001",
        lot_size="0.001",
        price_max="1000",
        quantity_max="100000",
        market_quantity_max="1000",
        notional_min="0.0001",
        notional_max="9000000",
        iceberg_orders_max=10,
    ),
    Listing(
        base="BNB",
        quote="USDT",
        tick_size="0.01",
        lot_size="0.001",
        price_max="100000",
        quantity_max="900000",
        market_quantity_max="20000",
        notional_min="5",
        notional_max="9000000",
        position_max="5000000",
        price_range=4,
        reference_seconds=60,
    ),
    Listing(
        base="SOL",
        quote="USDT",
        tick_size="0.01",
        lot_size="0.001",
        price_max="100000",
        quantity_max="90000",
        market_quantity_max="30000",
        notional_min="5",
        notional_max="9000000",
        position_max="5000000",
    ),
)

FUNDS = {"USDT": "10000000", "BTC": "100", "ETH": "2000", "BNB": "10000", "SOL": "50000"}
TRADERS = {AccountId(1): "alice", AccountId(2): "bob"}
OPERATOR_ACCOUNT, OPERATOR = AccountId(0), "operator"  # owns no balance


class DemoKeys(msgspec.Struct, frozen=True):
    traders: list[ApiKey]
    operator: ApiKey


async def set_up(engine: Engine, catalog: Catalog, keys: ApiKeys) -> DemoKeys:
    """Bring whatever is missing into being. Called again, it changes nothing."""
    commands = missing(catalog)
    if commands:
        frames = b"".join(map(encode_command, commands))
        events = decode_events(await engine.submit_frames(frames, len(commands)))
        refused = [event for event in events if isinstance(event, CommandRejected)]
        assert not refused, f"the demo's own set-up was refused: {refused}"
    may_trade = Permission.READ | Permission.TRADE
    return DemoKeys(
        [_key(keys, account, user, may_trade) for account, user in TRADERS.items()],
        _key(keys, OPERATOR_ACCOUNT, OPERATOR, Permission.OPERATOR),
    )


def missing(catalog: Catalog) -> list[Command]:
    """The commands that make the demo's exchange out of what is there."""
    commands: list[Command] = []
    assets: dict[str, AssetId] = {}
    decimals: dict[str, int] = {}
    for symbol in ASSETS:
        asset = catalog.find_asset(symbol)
        if asset is None:
            assets[symbol] = AssetId(len(catalog.assets) + len(commands))
            decimals[symbol] = DECIMALS
            commands.append(AddAsset(decimals=DECIMALS, symbol=symbol))
        else:
            assets[symbol], decimals[symbol] = asset.id, asset.decimals
    commands += [
        ListInstrument(definition(listing, assets, decimals))
        for listing in LISTINGS
        if catalog.find_instrument(listing.symbol) is None
    ]
    for account in TRADERS:
        if account not in catalog.accounts:
            commands.append(OpenAccount(account))
            commands += [
                Deposit(account, assets[s], count(Decimal(amount), Decimal(1).scaleb(-decimals[s])))
                for s, amount in FUNDS.items()
            ]
    return commands


def _key(keys: ApiKeys, account: AccountId, user: str, permissions: Permission) -> ApiKey:
    for key in keys.all():
        found = (key.account, key.user, key.permissions, key.type)
        if found == (account, user, permissions, KeyType.HMAC):
            return key
    return keys.create(account, user, permissions)
