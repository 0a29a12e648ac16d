"""The naive exchange: the rules in plain Python, too simple to be wrong, to compare the core with.

In:  commands with their ids, a first sequence and a time.
Out: the events that the core must give, balances and open orders.
Never: cleverness. Everything is a list or a dict and is looked for from one end to the other.

model_state.py holds what is remembered, model_checks.py what refuses an order, model_orders.py
its life.
"""

from rialto.messages import commands as c
from rialto.messages import events as e
from rialto.messages.codec import COMMAND_KINDS
from rialto.messages.commands import Command
from rialto.messages.events import Event
from rialto.messages.instruments import InstrumentDefinition
from rialto.messages.orders import StpMode
from rialto.messages.postings import COMMISSION, EXTERNAL
from rialto.messages.rejections import Rejection as R
from tests.core.model_checks import AMOUNT_MAX
from tests.core.model_orders import Orders
from tests.core.model_state import Market, Origin, Refused, refuse_if

SUPPLY_MAX = 2**120
PPM_MAX = 1_000_000
TIERS = 64
DECIMALS_MAX = 18
SYMBOL_BYTES_MAX = 32
PRICE_TICKS_MAX = 2**42 - 1
QUANTITY_LOTS_MAX = 2**52
AVERAGE_PRICE_MINUTES_MAX = 60
ORIGINS_MAX = 64
COMMAND_IDS_WINDOW = 1024  # with the highest
KIND_OF = {struct: kind for kind, struct in COMMAND_KINDS.items()}

Identified = tuple[int, int, Command]  # origin, number, command


class Model(Orders):
    def apply(self, first_sequence: int, time_us: int, batch: list[Identified]) -> list[Event]:
        assert first_sequence == self.sequence + 1
        self.time_us = max(self.time_us, time_us)
        events: list[Event] = []
        for origin, number, command in batch:
            self.sequence += 1
            self.events = []
            try:
                refuse_if(self.is_duplicate(origin, number), R.DUPLICATE_COMMAND)
                self.carry_out(command)
            except Refused as refused:
                self.emit(e.CommandRejected, *self.rejected(command, refused.rejection))
            events += self.events
        return events

    def rejected(self, command: Command, rejection: R) -> tuple[object, ...]:
        """The fields of a CommandRejected: what the command names, 0 or "" where it names none."""
        account = getattr(command, "account", getattr(command, "source", 0))
        order_id, name = getattr(command, "order_id", 0), getattr(command, "client_order_id", "")
        if isinstance(command, c.ReplaceOrder):
            order_id, name = command.cancel_order_id, command.canceled_client_order_id
        instrument = getattr(command, "instrument", 0)
        return rejection, KIND_OF[type(command)], account, instrument, order_id, name

    def is_duplicate(self, origin: int, number: int) -> bool:
        """Whether the id was seen; it counts as seen from now on. Too old counts as seen."""
        if origin == 0:
            return False
        if origin not in self.origins:
            if len(self.origins) == ORIGINS_MAX:
                del self.origins[min(self.origins, key=lambda o: self.origins[o].last_sequence)]
            self.origins[origin] = Origin(set(), self.sequence)
        known = self.origins[origin]
        known.last_sequence = self.sequence
        highest = max(known.seen, default=0)
        if number in known.seen or highest - number >= COMMAND_IDS_WINDOW:
            return True
        known.seen.add(number)
        return False

    def carry_out(self, command: Command) -> None:
        match command:
            case c.PlaceOrder():
                self.place_order(command)
            case c.CancelOrder():
                self.cancel_order(command)
            case c.CancelAllOrders():
                self.cancel_all_orders(command)
            case c.ReplaceOrder():
                self.replace_order(command)
            case c.AmendOrder():
                self.amend_order(command)
            case _:
                self.administer(command)

    # Assets, instruments, accounts.

    def administer(self, command: Command) -> None:
        match command:
            case c.AddAsset():
                self.add_asset(command)
            case c.ListInstrument(definition):
                self.list_instrument(definition)
            case c.SetInstrumentStatus(instrument, status):
                refuse_if(instrument >= len(self.markets), R.UNKNOWN_INSTRUMENT)
                self.markets[instrument].status = status
                self.emit(e.InstrumentStatusSet, instrument, status)
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
                self.move_money(command)

    def add_asset(self, command: c.AddAsset) -> None:
        is_named = 1 <= len(command.symbol.encode()) <= SYMBOL_BYTES_MAX
        refuse_if(command.decimals > DECIMALS_MAX or not is_named, R.INVALID_DEFINITION)
        refuse_if(command.symbol in self.assets, R.ALREADY_EXISTS)
        self.assets.append(command.symbol)
        self.emit(e.AssetAdded, len(self.assets) - 1, command.decimals, command.symbol)

    def list_instrument(self, definition: InstrumentDefinition) -> None:
        refuse_if(max(definition.base, definition.quote) >= len(self.assets), R.UNKNOWN_ASSET)
        refuse_if(not self.is_sane(definition), R.INVALID_DEFINITION)
        listed = [market.definition.symbol for market in self.markets]
        refuse_if(definition.symbol in listed, R.ALREADY_EXISTS)
        rates = {0: (definition.maker_ppm, definition.taker_ppm)}
        self.markets.append(Market(definition, definition.status, rates))
        self.emit(e.InstrumentListed, len(self.markets) - 1, definition)

    def is_sane(self, d: InstrumentDefinition) -> bool:
        amounts = (d.min_notional, d.notional_min, d.notional_max, d.max_position)
        return (
            d.base != d.quote
            and min(d.quote_units_per_tick_lot, d.base_units_per_lot) > 0
            and 1 <= d.min_price_ticks <= d.max_price_ticks <= PRICE_TICKS_MAX
            and 1 <= d.min_lots <= d.max_lots <= QUANTITY_LOTS_MAX
            and d.max_price_ticks * d.max_lots * d.quote_units_per_tick_lot <= AMOUNT_MAX
            and d.max_lots * d.base_units_per_lot <= AMOUNT_MAX
            and self.has_sane_market_sizes(d)
            and min(amounts) >= 0
            and max(amounts) <= AMOUNT_MAX
            and d.average_price_minutes <= AVERAGE_PRICE_MINUTES_MAX
            and max(d.maker_ppm, d.taker_ppm) <= PPM_MAX
            and d.allowed_stp_mask < 2 ** len(StpMode)
            and d.allowed_stp_mask >> d.default_stp & 1 == 1
            and 1 <= len(d.symbol.encode()) <= SYMBOL_BYTES_MAX
        )

    def has_sane_market_sizes(self, d: InstrumentDefinition) -> bool:
        if d.market_max_lots == 0:
            return d.market_min_lots == d.market_step_lots == 0
        is_ordered = 0 <= d.market_min_lots <= d.market_max_lots <= QUANTITY_LOTS_MAX
        return is_ordered and d.market_step_lots >= 0

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
                self.release(owner, held, amount)
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
