"""What amounts of one asset are worth in another, at the last prices.

In:  instruments, and their last trades.
Out: whole smallest units of the other asset, rounded down; None where no trade leads there.
"""

from fractions import Fraction

from rialto.market_data.folds import MarketData
from rialto.messages.catalog import Catalog
from rialto.messages.ids import AssetId

STEPS_MAX = 2  # e.g. SOL -> USDT -> BTC

Rates = dict[AssetId, Fraction]  # by asset, what one smallest unit of it is worth


def rates_to(target: AssetId, catalog: Catalog, market: MarketData) -> Rates:
    """Of every asset that trades lead to; the fewest steps count, then the older instrument."""
    steps: list[tuple[AssetId, AssetId, Fraction]] = []
    for instrument in catalog.instruments.values():
        trade = market.last_trade(instrument.id)
        if trade is not None:
            definition = instrument.definition
            quote_units = trade.price_ticks * definition.quote_units_per_tick_lot
            rate = Fraction(quote_units, definition.base_units_per_lot)
            base, quote = instrument.base.id, instrument.quote.id
            steps += [(base, quote, rate), (quote, base, 1 / rate)]
    rates: Rates = {target: Fraction(1)}
    for _ in range(STEPS_MAX):
        known = dict(rates)
        for source, to, rate in steps:
            if to in known:
                rates.setdefault(source, rate * known[to])
    return rates


def worth(amount: int, asset: AssetId, rates: Rates) -> int | None:
    rate = rates.get(asset)
    return None if rate is None else int(amount * rate)
