"""Assets, instruments, accounts and money in the naive exchange."""

from rialto.messages import commands as c
from rialto.messages import events as e
from rialto.messages.commands import Command
from rialto.messages.instruments import InstrumentDefinition
from rialto.messages.orders import ALL_FEATURES, ALL_ORDER_TYPES, InstrumentStatus, StpMode
from rialto.messages.postings import COMMISSION, EXTERNAL
from rialto.messages.rejections import Rejection as R
from tests.core.model_changes import Changes
from tests.core.model_state import ExchangeLimits, Market, Opening, refuse_if
from tests.core.model_static import AMOUNT_MAX, ICEBERG_PARTS_MAX, TRAILING_DELTA_END

SUPPLY_MAX = 2**120
PPM_MAX = 1_000_000
TIERS = 64
DECIMALS_MAX = 18
SYMBOL_BYTES_MAX = 32
PRICE_TICKS_MAX = 2**42 - 1
QUANTITY_LOTS_MAX = 2**52
AVERAGE_PRICE_MINUTES_MAX = 60
REFERENCE_BUCKETS_MAX = 1000


def is_sane(d: InstrumentDefinition) -> bool:
    amounts = (d.min_notional, d.notional_min, d.notional_max, d.max_position)
    return (
        d.base != d.quote
        and min(d.quote_units_per_tick_lot, d.base_units_per_lot) > 0
        and 1 <= d.min_price_ticks <= d.max_price_ticks <= PRICE_TICKS_MAX
        and 1 <= d.min_lots <= d.max_lots <= QUANTITY_LOTS_MAX
        and d.max_price_ticks * d.max_lots * d.quote_units_per_tick_lot <= AMOUNT_MAX
        and d.max_lots * d.base_units_per_lot <= AMOUNT_MAX
        and _has_sane_market_sizes(d)
        and min(amounts) >= 0
        and max(amounts) <= AMOUNT_MAX
        and d.average_price_minutes <= AVERAGE_PRICE_MINUTES_MAX
        and max(d.maker_ppm, d.taker_ppm) <= PPM_MAX
        and d.allowed_stp_mask < 2 ** len(StpMode)
        and d.allowed_stp_mask >> d.default_stp & 1 == 1
        and 1 <= len(d.symbol.encode()) <= SYMBOL_BYTES_MAX
        and 1 <= d.allowed_order_types <= ALL_ORDER_TYPES
        and d.features <= ALL_FEATURES
        and d.iceberg_parts <= ICEBERG_PARTS_MAX
        and d.reference_bucket_count <= REFERENCE_BUCKETS_MAX
        and (d.reference_bucket_count == 0) is (d.reference_bucket_width_ms == 0)
        and _is_sane_trailing(d.min_trailing_above_delta, d.max_trailing_above_delta)
        and _is_sane_trailing(d.min_trailing_below_delta, d.max_trailing_below_delta)
    )


def _has_sane_market_sizes(d: InstrumentDefinition) -> bool:
    if d.market_max_lots == 0:
        return d.market_min_lots == d.market_step_lots == 0
    is_ordered = 0 <= d.market_min_lots <= d.market_max_lots <= QUANTITY_LOTS_MAX
    return is_ordered and d.market_step_lots >= 0


def _is_sane_trailing(low: int, high: int) -> bool:
    return low <= high < TRAILING_DELTA_END


class Administration(Changes):
    def administer(self, command: Command) -> None:
        match command:
            case c.AddAsset():
                self.add_asset(command)
            case c.ListInstrument(definition):
                self.list_instrument(definition)
            case c.SetInstrumentStatus(instrument, status):
                refuse_if(instrument >= len(self.markets), R.UNKNOWN_INSTRUMENT)
                self.change_status(instrument, status)
            case c.OpenAccount():
                self.open_account(command)
            case c.SetCommissionRates():
                self.set_commission_rates(command)
            case c.SetCommissionTier(account, tier):
                refuse_if(account not in self.tiers, R.UNKNOWN_ACCOUNT)
                refuse_if(tier >= TIERS, R.INVALID_DEFINITION)
                self.tiers[account] = tier
                self.emit(e.CommissionTierSet, account, tier)
            case _:
                self.set_limits(command)

    def set_limits(self, command: Command) -> None:
        match command:
            case c.SetTradeGroup(account, group):
                refuse_if(account not in self.tiers, R.UNKNOWN_ACCOUNT)
                self.groups[account] = group
                self.emit(e.TradeGroupSet, account, group)
            case c.SetReferencePrice(instrument, price):
                refuse_if(instrument >= len(self.markets), R.UNKNOWN_INSTRUMENT)
                rule = self.markets[instrument].definition
                is_wrong = not 0 <= price <= rule.max_price_ticks
                refuse_if(rule.reference_bucket_count != 0 or is_wrong, R.INVALID_DEFINITION)
                self.markets[instrument].reference_ticks = price
                self.emit(e.ReferencePriceSet, instrument, price)
            case c.SetExchangeLimits(orders, algo_orders, iceberg_orders, order_lists):
                self.limits = ExchangeLimits(orders, algo_orders, iceberg_orders, order_lists)
                fields = (orders, algo_orders, iceberg_orders, order_lists)
                self.emit(e.ExchangeLimitsSet, *fields)
            case c.SetAssetLimit(asset, amount):
                refuse_if(asset >= len(self.assets), R.UNKNOWN_ASSET)
                refuse_if(not 0 <= amount <= AMOUNT_MAX, R.AMOUNT_OUT_OF_RANGE)
                self.asset_limits[asset] = amount
                self.emit(e.AssetLimitSet, asset, amount)
            case _:
                self.move_money(command)

    def add_asset(self, command: c.AddAsset) -> None:
        is_named = 1 <= len(command.symbol.encode()) <= SYMBOL_BYTES_MAX
        refuse_if(command.decimals > DECIMALS_MAX or not is_named, R.INVALID_DEFINITION)
        refuse_if(command.symbol in self.assets, R.ALREADY_EXISTS)
        self.assets.append(command.symbol)
        self.emit(e.AssetAdded, len(self.assets) - 1, command.decimals, command.symbol)

    def list_instrument(self, definition: InstrumentDefinition) -> None:
        refuse_if(max(definition.base, definition.quote) >= len(self.assets), R.UNKNOWN_ASSET)
        refuse_if(not is_sane(definition), R.INVALID_DEFINITION)
        listed = [market.definition.symbol for market in self.markets]
        refuse_if(definition.symbol in listed, R.ALREADY_EXISTS)
        rates = {0: (definition.maker_ppm, definition.taker_ppm)}
        self.markets.append(Market(definition, definition.status, rates))
        self.emit(e.InstrumentListed, len(self.markets) - 1, definition)

    def change_status(self, instrument: int, status: InstrumentStatus) -> None:
        """A crossed book opens with an auction, and trades from when that is over."""
        market = self.markets[instrument]
        refuse_if(market.opening is not None, R.MARKET_CLOSED)
        opening = None
        if status is InstrumentStatus.TRADING:
            opening = self.opening_price(instrument)
        if opening is not None:
            market.opening = Opening(*opening)
            self.emit(e.AuctionPriced, instrument, *opening)
            self.due.insert(0, ("open", instrument, False))
            return
        self.set_status(instrument, status)
        if status is InstrumentStatus.TRADING:
            self.queue_parked(instrument)

    def open_account(self, command: c.OpenAccount) -> None:
        refuse_if(command.account in (EXTERNAL, COMMISSION), R.INVALID_DEFINITION)
        refuse_if(command.account in self.tiers, R.ALREADY_EXISTS)
        self.tiers[command.account] = 0
        self.emit(e.AccountOpened, command.account)

    def set_commission_rates(self, command: c.SetCommissionRates) -> None:
        refuse_if(command.instrument >= len(self.markets), R.UNKNOWN_INSTRUMENT)
        is_high = max(command.maker_ppm, command.taker_ppm) > PPM_MAX
        refuse_if(command.tier >= TIERS or is_high, R.INVALID_DEFINITION)
        rates = (command.maker_ppm, command.taker_ppm)
        self.markets[command.instrument].rates[command.tier] = rates
        self.emit(e.CommissionRatesSet, command.instrument, command.tier, *rates)

    # Money.

    def move_money(self, command: Command) -> None:
        match command:
            case c.Deposit(account, asset, amount):
                self.check_money(account, asset, amount)
                supply = -self.free.get((EXTERNAL, asset), 0)
                refuse_if(supply + amount > SUPPLY_MAX, R.LIMIT_REACHED)
                self.post(EXTERNAL, asset, -amount, 0)
                self.post(account, asset, amount, 0)
                self.emit(e.Deposited, account, asset, amount)
            case c.Transfer(source, target, asset, amount):
                refuse_if(source not in self.tiers, R.UNKNOWN_ACCOUNT)
                refuse_if(target not in self.tiers, R.UNKNOWN_ACCOUNT)
                refuse_if(source == target, R.INVALID_DEFINITION)
                self.check_money(source, asset, amount)
                self.check_free(source, asset, amount)
                self.post(source, asset, -amount, 0)
                self.post(target, asset, amount, 0)
                self.emit(e.Transferred, source, target, asset, amount)
            case c.HoldWithdrawal(account, asset, withdrawal, amount):
                self.check_money(account, asset, amount)
                refuse_if(withdrawal in self.withdrawals, R.ALREADY_EXISTS)
                self.check_free(account, asset, amount)
                self.hold(account, asset, amount)
                self.withdrawals[withdrawal] = (account, asset, amount)
                self.emit(e.WithdrawalHeld, account, asset, withdrawal, amount)
            case c.SettleWithdrawal(withdrawal):
                owner, held, amount = self.take_withdrawal(withdrawal)
                self.post(owner, held, 0, -amount)
                self.post(EXTERNAL, held, amount, 0)
                self.emit(e.WithdrawalSettled, owner, held, withdrawal, amount)
            case c.ReleaseWithdrawal(withdrawal):
                owner, held, amount = self.take_withdrawal(withdrawal)
                self.hold(owner, held, -amount)
                self.emit(e.WithdrawalReleased, owner, held, withdrawal, amount)

    def check_money(self, account: int, asset: int, amount: int) -> None:
        refuse_if(account not in self.tiers, R.UNKNOWN_ACCOUNT)
        refuse_if(asset >= len(self.assets), R.UNKNOWN_ASSET)
        refuse_if(not 0 < amount <= AMOUNT_MAX, R.AMOUNT_OUT_OF_RANGE)

    def check_free(self, account: int, asset: int, amount: int) -> None:
        refuse_if(self.free.get((account, asset), 0) < amount, R.INSUFFICIENT_BALANCE)

    def take_withdrawal(self, withdrawal: int) -> tuple[int, int, int]:
        refuse_if(withdrawal not in self.withdrawals, R.UNKNOWN_WITHDRAWAL)
        return self.withdrawals.pop(withdrawal)
