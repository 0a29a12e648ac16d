"""Instruments to try the rules on: without filters, with all of them, and of huge numbers."""

from msgspec.structs import replace

from rialto.messages import commands as c
from rialto.messages.commands import Command
from rialto.messages.ids import AccountId, AssetId
from rialto.messages.instruments import InstrumentDefinition
from rialto.messages.orders import InstrumentStatus, StpMode

BTC, USD, ETH = AssetId(0), AssetId(1), AssetId(2)
EVERY_STP_MODE = 0b11111

PLAIN = InstrumentDefinition(
    base=BTC,
    quote=USD,
    quote_units_per_tick_lot=1,
    base_units_per_lot=1,
    min_price_ticks=1,
    max_price_ticks=1_000_000,
    min_lots=1,
    max_lots=1_000_000,
    market_min_lots=0,
    market_max_lots=0,
    market_step_lots=0,
    min_notional=0,
    notional_min=0,
    notional_max=0,
    max_position=0,
    bid_multiplier_up=0,
    bid_multiplier_down=0,
    ask_multiplier_up=0,
    ask_multiplier_down=0,
    average_price_minutes=0,
    max_num_orders=0,
    maker_ppm=0,
    taker_ppm=0,
    min_notional_applies_to_market=False,
    notional_min_applies_to_market=False,
    notional_max_applies_to_market=False,
    default_stp=StpMode.NONE,
    allowed_stp_mask=EVERY_STP_MODE,
    status=InstrumentStatus.TRADING,
    symbol="BTCUSD",
)

WITH_COMMISSION = replace(
    PLAIN,
    base=ETH,
    symbol="ETHUSD",
    quote_units_per_tick_lot=7,
    base_units_per_lot=130,
    maker_ppm=999,
    taker_ppm=100_001,
)

WITH_FILTERS = replace(
    PLAIN,
    base=ETH,
    quote=BTC,
    symbol="ETHBTC",
    quote_units_per_tick_lot=3,
    base_units_per_lot=100,
    min_price_ticks=96,
    max_price_ticks=104,
    min_lots=2,
    max_lots=24,
    market_min_lots=3,
    market_max_lots=21,
    market_step_lots=3,
    min_notional=3 * 250,
    notional_min=3 * 300,
    notional_max=3 * 2_300,
    max_position=22_000,
    bid_multiplier_up=10_200,
    bid_multiplier_down=9_700,
    ask_multiplier_up=10_300,
    ask_multiplier_down=9_800,
    average_price_minutes=3,
    max_num_orders=3,
    min_notional_applies_to_market=True,
    notional_min_applies_to_market=True,
    notional_max_applies_to_market=True,
    maker_ppm=500_000,
    taker_ppm=1_000_000,
    default_stp=StpMode.EXPIRE_MAKER,
    allowed_stp_mask=EVERY_STP_MODE & ~(1 << StpMode.EXPIRE_BOTH),
)

HUGE = replace(
    PLAIN,
    symbol="HUGE",
    max_price_ticks=2**42 - 1,
    max_lots=2**52,
    quote_units_per_tick_lot=64,
    base_units_per_lot=2**48,
    average_price_minutes=60,
    bid_multiplier_up=2**32 - 1,
    taker_ppm=1,
    maker_ppm=999_999,
)

DEFINITIONS = [PLAIN, WITH_COMMISSION, WITH_FILTERS, HUGE]
ACCOUNTS = [AccountId(n) for n in (1, 2, 3, 4)]


def opening() -> list[Command]:
    """What lists the instruments, opens the accounts, and funds them."""
    assets = [c.AddAsset(8, "BTC"), c.AddAsset(2, "USD"), c.AddAsset(18, "ETH")]
    listed = [c.ListInstrument(definition) for definition in DEFINITIONS]
    opened = [c.OpenAccount(account) for account in ACCOUNTS]
    funded = [
        c.Deposit(account, asset, amount)
        for account in ACCOUNTS
        for asset, amount in ((BTC, 12_000), (USD, 30_000), (ETH, 20_000))
    ]
    return [*assets, *listed, *opened, *funded]
