"""Instruments to try the rules on: without filters, with all of them, and of huge numbers."""

from random import Random

from msgspec.structs import fields, replace

from rialto.messages import commands as c
from rialto.messages.commands import Command
from rialto.messages.ids import AccountId, AssetId
from rialto.messages.instruments import InstrumentDefinition
from rialto.messages.orders import ALL_FEATURES, Feature, InstrumentStatus, OrderType, StpMode

BTC, USD, ETH, GOLD, YEN = (AssetId(n) for n in range(5))
EVERY_STP_MODE = 0b111111
EXTREME_I64 = (-(2**63), -1, 0, 1, 2**42 - 1, 2**42, 2**52, 2**52 + 1, 2**63 - 1)
EXTREME_I128 = (-(2**127), -1, 0, 1, 2**64, 2**99, 2**100, 2**100 + 1, 2**120, 2**127 - 1)
EXTREME_U32 = (0, 1, 60, 61, 100, 101, 1_000, 1_001, 9_999, 10_000, 10**6, 10**6 + 1, 2**32 - 1)
U32_FIELDS = ("multiplier", "ppm", "minutes", "max_num", "reference_bucket", "delta", "parts")
SMALL_FIELDS = {"allowed_stp_mask": 2**8, "allowed_order_types": 2**8, "features": 2**16}
DEFAULTS = ("symbol", "status", "base", "quote")

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
    max_lots=30,
    market_min_lots=3,
    market_max_lots=21,
    market_step_lots=3,
    min_notional=3 * 250,
    notional_min=3 * 300,
    notional_max=3 * 2_900,
    max_position=24_000,
    bid_multiplier_up=10_200,
    bid_multiplier_down=9_600,
    ask_multiplier_up=10_400,
    ask_multiplier_down=9_800,
    average_price_minutes=2,
    max_num_orders=3,
    min_notional_applies_to_market=True,
    notional_min_applies_to_market=True,
    notional_max_applies_to_market=True,
    maker_ppm=2_500,
    taker_ppm=75_000,
    default_stp=StpMode.EXPIRE_MAKER,
    allowed_stp_mask=EVERY_STP_MODE & ~(1 << StpMode.EXPIRE_BOTH),
    multiplier_up=10_300,
    multiplier_down=9_700,
    iceberg_parts=4,
    max_num_algo_orders=2,
    max_num_iceberg_orders=1,
    max_num_order_lists=1,
    max_num_order_amends=1,
    min_trailing_above_delta=50,
    max_trailing_above_delta=300,
    min_trailing_below_delta=100,
    max_trailing_below_delta=200,
)

HUGE = replace(
    PLAIN,
    base=GOLD,
    quote=YEN,
    symbol="HUGE",
    max_price_ticks=2**42 - 1,
    max_lots=2**52,
    quote_units_per_tick_lot=64,
    base_units_per_lot=2**48,
    average_price_minutes=60,
    min_notional=1,
    notional_min=1,
    notional_max=2**100,
    min_notional_applies_to_market=True,
    notional_min_applies_to_market=True,
    notional_max_applies_to_market=True,
    bid_multiplier_up=2**32 - 1,
    ask_multiplier_up=2**32 - 1,
    taker_ppm=1,
    maker_ppm=999_999,
    iceberg_parts=16,
    features=ALL_FEATURES & ~Feature.OTO,
)

# Takers stay near the mean of what was traded of late; prices are a hundred times finer.
RANGED = replace(
    PLAIN,
    base=ETH,
    quote=YEN,
    symbol="ETHYEN",
    quote_units_per_tick_lot=2,
    base_units_per_lot=3,
    multiplier_up=10_500,
    multiplier_down=9_600,
    bid_limit_multiplier_up=10_200,
    bid_limit_multiplier_down=9_700,
    ask_limit_multiplier_up=10_300,
    ask_limit_multiplier_down=9_800,
    reference_bucket_count=3,
    reference_bucket_width_ms=30_000,
    market_min_lots=1,
    market_max_lots=40,
    market_step_lots=2,
    max_num_order_amends=2,
    max_num_iceberg_orders=2,
    max_num_order_lists=3,
    taker_ppm=150_000,
)

# Has next to nothing of what an instrument may have, and a reference price by the operator.
BARE = replace(
    PLAIN,
    base=GOLD,
    quote=ETH,
    symbol="BARE",
    features=Feature.OTO,
    allowed_order_types=0b1111111 & ~(1 << OrderType.TAKE_PROFIT),
    multiplier_up=10_400,
    ask_multiplier_down=9_500,
    bid_limit_multiplier_up=10_200,
    ask_limit_multiplier_down=9_900,
)

DEFINITIONS = [PLAIN, WITH_COMMISSION, WITH_FILTERS, HUGE, RANGED, BARE]
ACCOUNTS = [AccountId(n) for n in (1, 2, 3, 4)]


FUNDS = {BTC: 60_000, USD: 40_000, ETH: 20_000, GOLD: 2**100, YEN: 2**100}


def opening() -> list[Command]:
    """What lists the instruments, opens the accounts, and funds them."""
    named = ((8, "BTC"), (2, "USD"), (18, "ETH"), (0, "GOLD"), (0, "YEN"))
    assets = [c.AddAsset(decimals, symbol) for decimals, symbol in named]
    listed = [c.ListInstrument(definition) for definition in DEFINITIONS]
    opened = [c.OpenAccount(account) for account in ACCOUNTS]
    funded = [
        c.Deposit(account, asset, amount) for account in ACCOUNTS for asset, amount in FUNDS.items()
    ]
    return [*assets, *listed, *opened, *funded]


def some_definition(random: Random) -> InstrumentDefinition:
    """A good definition with one to three fields at a bound or beyond."""
    definition = random.choice(DEFINITIONS)
    for field in random.sample(fields(definition), random.randint(1, 3)):
        if field.name in DEFAULTS or field.name.endswith("_market"):
            continue
        choices: tuple[int, ...] = EXTREME_I64
        if any(part in field.name for part in U32_FIELDS):
            choices = EXTREME_U32
        elif field.name in SMALL_FIELDS:
            choices = (0, SMALL_FIELDS[field.name] - 1)
        elif field.name in ("min_notional", "notional_min", "notional_max", "max_position"):
            choices = EXTREME_I128
        value: int = random.choice((*choices, getattr(definition, field.name)))
        if field.name == "default_stp":
            value = random.choice(list(StpMode))
        elif field.name in SMALL_FIELDS and random.random() < 0.8:
            value = random.randrange(SMALL_FIELDS[field.name] // 2 + 1)
        definition = replace(definition, **{field.name: value})
    return definition
