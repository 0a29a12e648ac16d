"""Random commands about money, and about the exchange itself."""

from msgspec.structs import replace

from rialto.messages import commands as c
from rialto.messages.commands import Command
from rialto.messages.ids import InstrumentId, WithdrawalId
from rialto.messages.orders import InstrumentStatus
from tests.core import markets
from tests.core.model import Model
from tests.core.stream_orders import RandomOrders

STATUSES = list(InstrumentStatus)


class RandomExchange(RandomOrders):
    def deposit(self, model: Model) -> c.Deposit:
        if self.chance(0.05):
            return c.Deposit(self.account(), self.asset(), 2**100)
        return c.Deposit(self.account(), self.asset(), self.amount())

    def withdraw(self, model: Model) -> Command:
        withdrawal = WithdrawalId(self.random.randint(1, 6))
        amount = self.amount(500)
        choices: list[Command] = [
            c.HoldWithdrawal(self.account(), self.asset(), withdrawal, amount),
            c.SettleWithdrawal(withdrawal),
            c.ReleaseWithdrawal(withdrawal),
        ]
        return self.random.choice(choices)

    def transfer(self, model: Model) -> c.Transfer:
        return c.Transfer(self.account(), self.account(), self.asset(), self.amount())

    def set_status(self, model: Model) -> c.SetInstrumentStatus:
        closed = [n for n, m in enumerate(model.markets) if m.status]
        if closed and self.chance(0.9):
            instrument = InstrumentId(self.random.choice(closed))
            return c.SetInstrumentStatus(instrument, InstrumentStatus.TRADING)
        status = self.random.choices(STATUSES, (10, 20, 20, 50))[0]
        return c.SetInstrumentStatus(self.instrument(), status)

    def limit(self, model: Model) -> Command:
        """Groups, the operator's reference price and limits: never tight for long."""
        limits = [self.pick(0, 0, 0, 1, 2, 4, 2**32 - 1) for _ in range(4)]
        limits[0] *= self.pick(0, 0, 1)
        price = self.price(InstrumentId(0)) if self.chance(0.9) else self.pick(0, -1, 2**42)
        amount = self.pick(0, 0, 0, 1_000, 2**100, 2**100 + 1, -1)
        choices: list[Command] = [
            c.SetTradeGroup(self.account(), self.pick(0, 0, 1, 1, 2**32 - 1)),
            c.SetReferencePrice(self.pick(InstrumentId(5), self.instrument()), price),
            c.SetExchangeLimits(*limits),
            c.SetAssetLimit(self.asset(), amount),
            c.SetExchangeLimits(0, 0, 0, 0),
            c.SetAssetLimit(self.asset(), 0),
        ]
        return self.random.choice(choices)

    def administer(self, model: Model) -> Command:
        tier, ppm = self.pick(0, 1, 2, 63, 64, 2**32 - 1), self.pick(0, 1, 250, 10**6, 10**6 + 1)
        number = len(model.markets)
        listed = replace(
            self.random.choice(markets.DEFINITIONS),
            base=self.asset(),
            quote=self.asset(),
            symbol=self.pick("", "BTCUSD", f"NEW{number}", "é" * 18),
            min_lots=self.pick(0, 1, 1),
            max_price_ticks=self.pick(10**6, 10**6, 2**42),
        )
        symbol = self.pick("", "USD", f"A{len(model.assets)}")
        choices: list[Command] = [
            c.SetCommissionTier(self.account(), tier),
            c.SetCommissionTier(self.account(), self.pick(0, 1, 2)),
            c.SetCommissionRates(self.instrument(), tier, ppm, self.pick(0, 123_456, 10**6)),
            c.SetCommissionRates(self.instrument(), tier, 0, ppm),
            c.AddAsset(self.pick(0, 8, 18, 19), symbol),
            c.ListInstrument(listed),
            c.OpenAccount(self.account()),
        ]
        return self.random.choice(choices)
