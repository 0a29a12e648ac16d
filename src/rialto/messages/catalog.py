"""What is listed and who may trade: assets, instruments, accounts, commission rates.

In:  events of the set-up commands, in order; every other event is passed over.
Out: the same objects again and again (an Instrument is replaced only when its status changes).
"""

from collections.abc import Iterable
from typing import NamedTuple, TypeVar

import msgspec

from rialto.messages import events as e
from rialto.messages.ids import AccountId, AssetId, InstrumentId
from rialto.messages.instruments import Asset, Instrument

TIER_AT_START = 0
Key = TypeVar("Key", bound=int)


class ExchangeLimits(NamedTuple):
    """Of one account over all instruments; 0: no such limit."""

    max_num_orders: int
    max_num_algo_orders: int
    max_num_iceberg_orders: int
    max_num_order_lists: int


NO_EXCHANGE_LIMITS = ExchangeLimits(0, 0, 0, 0)


class Catalog:
    """A fold; nothing else writes to it."""

    def __init__(self) -> None:
        self.assets: dict[AssetId, Asset] = {}
        self.instruments: dict[InstrumentId, Instrument] = {}
        self.accounts: set[AccountId] = set()
        self.tiers: dict[AccountId, int] = {}
        self.rates: dict[tuple[InstrumentId, int], tuple[int, int]] = {}
        self.trade_groups: dict[AccountId, int] = {}  # of the accounts that are in one
        self.reference_ticks: dict[InstrumentId, int] = {}  # as set by the operator
        self.asset_limits: dict[AssetId, int] = {}  # MAX_ASSET, amounts
        self.exchange_limits = NO_EXCHANGE_LIMITS
        self._asset_by_symbol: dict[str, Asset] = {}
        self._instrument_by_symbol: dict[str, Instrument] = {}

    def apply(self, events: Iterable[e.Event]) -> None:
        for event in events:
            if type(event) in _SET_UP:
                self._apply(event)

    def find_instrument(self, symbol: str) -> Instrument | None:
        return self._instrument_by_symbol.get(symbol)

    def find_asset(self, symbol: str) -> Asset | None:
        return self._asset_by_symbol.get(symbol)

    def commission_ppm(self, instrument: InstrumentId, account: AccountId) -> tuple[int, int]:
        """(maker, taker) of an account; a tier without rates of its own has those of tier 0."""
        tier = self.tiers.get(account, TIER_AT_START)
        return self.rates.get((instrument, tier)) or self.rates[instrument, TIER_AT_START]

    def _apply(self, event: e.Event) -> None:
        match event:
            case e.AssetAdded():
                asset = Asset(event.asset, event.symbol, event.decimals)
                self.assets[asset.id] = self._asset_by_symbol[asset.symbol] = asset
            case e.InstrumentListed():
                self._list(event)
            case e.InstrumentStatusSet():
                old = self.instruments[event.instrument]
                self._put(msgspec.structs.replace(old, status=event.status))
            case e.AccountOpened():
                self.accounts.add(event.account)
            case e.CommissionRatesSet():
                self.rates[event.instrument, event.tier] = (event.maker_ppm, event.taker_ppm)
            case e.CommissionTierSet():
                self.tiers[event.account] = event.tier
            case _:
                self._apply_limit(event)

    def _apply_limit(self, event: e.Event) -> None:
        match event:
            case e.TradeGroupSet():
                _set_or_remove(self.trade_groups, event.account, event.trade_group)
            case e.ReferencePriceSet():
                _set_or_remove(self.reference_ticks, event.instrument, event.price_ticks)
            case e.AssetLimitSet():
                _set_or_remove(self.asset_limits, event.asset, event.amount)
            case e.ExchangeLimitsSet():
                self.exchange_limits = ExchangeLimits(
                    event.max_num_orders,
                    event.max_num_algo_orders,
                    event.max_num_iceberg_orders,
                    event.max_num_order_lists,
                )

    def _list(self, event: e.InstrumentListed) -> None:
        definition = event.definition
        base, quote = self.assets[definition.base], self.assets[definition.quote]
        self._put(Instrument(event.instrument, definition, base, quote, definition.status))
        self.rates[event.instrument, TIER_AT_START] = (definition.maker_ppm, definition.taker_ppm)

    def _put(self, instrument: Instrument) -> None:
        self.instruments[instrument.id] = self._instrument_by_symbol[instrument.symbol] = instrument


_SET_UP = frozenset(
    (
        e.AssetAdded,
        e.InstrumentListed,
        e.InstrumentStatusSet,
        e.AccountOpened,
        e.CommissionRatesSet,
        e.CommissionTierSet,
        e.TradeGroupSet,
        e.ReferencePriceSet,
        e.AssetLimitSet,
        e.ExchangeLimitsSet,
    )
)


def _set_or_remove(values: dict[Key, int], key: Key, value: int) -> None:
    """0 stands for none."""
    if value:
        values[key] = value
    else:
        values.pop(key, None)
