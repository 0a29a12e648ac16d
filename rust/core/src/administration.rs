//! Assets, instruments, accounts, and money that comes, goes or moves.

use crate::book::Book;
use crate::command::{Administration, Funds};
use crate::commission::{RateTable, Rates};
use crate::event::{WITHDRAWAL_HELD, WITHDRAWAL_RELEASED, WITHDRAWAL_SETTLED};
use crate::exchange::{Account, Asset, Exchange, Listing, Withdrawal};
use crate::follow_up::Due;
use crate::instrument::Definition;
use crate::limits::{
    AMOUNT_MAX, ASSETS_MAX, COMMISSION_TIERS_MAX, DECIMALS_MAX, INSTRUMENTS_MAX, PPM_SCALE, SYMBOL_BYTES_MAX,
    WITHDRAWALS_HELD_MAX,
};
use crate::number::{at, slot};
use crate::order::{InstrumentStatus, NONE};
use crate::reference_price::ReferencePrice;
use crate::rejection::{check, Rejection};
use crate::trigger::Direction;

fn some_limits(base: i128, quote: i128) -> Option<(i128, i128)> {
    (base != 0 || quote != 0).then_some((base, quote))
}

impl Exchange {
    #[inline(never)]
    pub(crate) fn administer(&mut self, command: &Administration) -> Result<(), Rejection> {
        match command {
            Administration::AddAsset { decimals, symbol } => self.add_asset(*decimals, symbol),
            Administration::ListInstrument(definition) => self.list_instrument(definition),
            Administration::SetInstrumentStatus { instrument, status } => {
                self.set_status(*instrument, *status)
            }
            Administration::OpenAccount { account } => self.open_account(*account),
            Administration::SetCommissionRates { instrument, tier, maker_ppm, taker_ppm } => {
                let rates = Rates { maker_ppm: *maker_ppm, taker_ppm: *taker_ppm };
                self.set_commission_rates(*instrument, *tier, rates)
            }
            Administration::SetCommissionTier { account, tier } => self.set_commission_tier(*account, *tier),
            Administration::Deposit(funds) => self.deposit(funds),
            Administration::HoldWithdrawal { withdrawal, funds } => self.hold_withdrawal(*withdrawal, funds),
            Administration::SettleWithdrawal { withdrawal } => self.settle_withdrawal(*withdrawal),
            Administration::ReleaseWithdrawal { withdrawal } => self.release_withdrawal(*withdrawal),
            Administration::Transfer { target, funds } => self.transfer(*target, funds),
            Administration::SetTradeGroup { account, trade_group } => {
                self.set_trade_group(*account, *trade_group)
            }
            Administration::SetReferencePrice { instrument, price_ticks } => {
                self.set_reference_price(*instrument, *price_ticks)
            }
            Administration::SetExchangeLimits(limits) => {
                self.limits = *limits;
                self.events.exchange_limits_set(limits);
                Ok(())
            }
            Administration::SetAssetLimit { asset, amount } => self.set_asset_limit(*asset, *amount),
        }
    }

    fn add_asset(&mut self, decimals: u8, symbol: &[u8]) -> Result<(), Rejection> {
        let is_named = (1..=SYMBOL_BYTES_MAX).contains(&symbol.len());
        check(is_named && decimals <= DECIMALS_MAX, Rejection::InvalidDefinition)?;
        check(self.assets.iter().all(|asset| asset.symbol != symbol), Rejection::AlreadyExists)?;
        check(self.assets.len() < ASSETS_MAX, Rejection::LimitReached)?;
        self.enter_asset(Asset { decimals, symbol: symbol.to_vec(), limit: 0 });
        self.events.asset_added(slot(self.assets.len() - 1), decimals, symbol);
        Ok(())
    }

    pub(crate) fn enter_asset(&mut self, asset: Asset) {
        self.assets.push(asset);
        self.ledger.add_asset();
    }

    fn list_instrument(&mut self, definition: &Definition) -> Result<(), Rejection> {
        let known = self.ledger.has_asset(definition.base) && self.ledger.has_asset(definition.quote);
        check(known, Rejection::UnknownAsset)?;
        let is_named = (1..=SYMBOL_BYTES_MAX).contains(&definition.symbol.len());
        check(is_named && definition.is_sane(), Rejection::InvalidDefinition)?;
        let is_new = self.listings.iter().all(|l| l.definition.symbol != definition.symbol);
        check(is_new, Rejection::AlreadyExists)?;
        check(self.listings.len() < INSTRUMENTS_MAX, Rejection::LimitReached)?;
        self.enter_listing(definition.clone());
        self.events.instrument_listed(slot(self.listings.len() - 1), definition);
        Ok(())
    }

    pub(crate) fn enter_listing(&mut self, definition: Definition) {
        let limit = |asset: u32| self.assets[at(asset)].limit;
        let standard = Rates { maker_ppm: definition.maker_ppm, taker_ppm: definition.taker_ppm };
        self.listings.push(Listing {
            status: definition.status,
            rates: RateTable::new(standard),
            reference: ReferencePrice::new(&definition),
            book: Book::default(),
            triggers: Box::default(),
            opening: None,
            asset_limits: some_limits(limit(definition.base), limit(definition.quote)),
            definition,
        });
    }

    fn set_status(&mut self, instrument: u32, status: InstrumentStatus) -> Result<(), Rejection> {
        let listing = self.listings.get_mut(at(instrument)).ok_or(Rejection::UnknownInstrument)?;
        check(listing.opening.is_none(), Rejection::MarketClosed)?;
        if status == InstrumentStatus::Trading && self.start_auction(instrument) {
            return Ok(());
        }
        self.enter_status(instrument, status);
        if status == InstrumentStatus::Trading {
            self.resume(instrument);
        }
        Ok(())
    }

    pub(crate) fn enter_status(&mut self, instrument: u32, status: InstrumentStatus) {
        self.listings[at(instrument)].status = status;
        self.events.instrument_status_set(instrument, status.byte());
    }

    /// What could not be done while the instrument did not trade is due now.
    pub(crate) fn resume(&mut self, instrument: u32) {
        let triggers = &self.listings[at(instrument)].triggers;
        for direction in Direction::BOTH {
            let sweep = Due::Sweep { instrument, direction };
            if triggers.bounds[direction.index()] != 0 && !self.due.contains(&sweep) {
                self.due.push_back(sweep);
            }
        }
        let lists = &self.lists;
        let is_here = |id: &u64| lists.get(id).is_some_and(|list| list.instrument == instrument);
        let parked: Vec<u64> = self.parked.iter().copied().filter(is_here).collect();
        for list in parked {
            self.parked.remove(&list);
            self.due.push_back(Due::Release { list });
        }
    }

    fn open_account(&mut self, account: u32) -> Result<(), Rejection> {
        check(account != 0 && account != u32::MAX, Rejection::InvalidDefinition)?;
        check(!self.accounts.contains_key(&account), Rejection::AlreadyExists)?;
        self.accounts.insert(account, Account::new(0, 0));
        self.events.account_opened(account);
        Ok(())
    }

    fn set_commission_rates(&mut self, instrument: u32, tier: u32, rates: Rates) -> Result<(), Rejection> {
        let listing = self.listings.get_mut(at(instrument)).ok_or(Rejection::UnknownInstrument)?;
        let are_sane = rates.maker_ppm <= PPM_SCALE && rates.taker_ppm <= PPM_SCALE;
        check(tier < COMMISSION_TIERS_MAX && are_sane, Rejection::InvalidDefinition)?;
        listing.rates.set(tier, rates);
        self.events.commission_rates_set(instrument, tier, rates.maker_ppm, rates.taker_ppm);
        Ok(())
    }

    fn set_commission_tier(&mut self, account: u32, tier: u32) -> Result<(), Rejection> {
        let found = self.accounts.get_mut(&account).ok_or(Rejection::UnknownAccount)?;
        check(tier < COMMISSION_TIERS_MAX, Rejection::InvalidDefinition)?;
        found.commission_tier = tier;
        let seats: Vec<u32> = self.open.seats_of(found.first_seat).collect();
        for seat in seats {
            self.open.seats[at(seat)].commission_tier = tier;
        }
        self.events.commission_tier_set(account, tier);
        Ok(())
    }

    fn set_trade_group(&mut self, account: u32, trade_group: u32) -> Result<(), Rejection> {
        let found = self.accounts.get_mut(&account).ok_or(Rejection::UnknownAccount)?;
        found.trade_group = trade_group;
        let seats: Vec<u32> = self.open.seats_of(found.first_seat).collect();
        for seat in seats {
            self.open.seats[at(seat)].trade_group = trade_group;
        }
        self.events.trade_group_set(account, trade_group);
        Ok(())
    }

    fn set_reference_price(&mut self, instrument: u32, price_ticks: i64) -> Result<(), Rejection> {
        let listing = self.listings.get_mut(at(instrument)).ok_or(Rejection::UnknownInstrument)?;
        let definition = &listing.definition;
        let is_price = (0..=definition.max_price_ticks).contains(&price_ticks);
        check(is_price && definition.reference_bucket_count == 0, Rejection::InvalidDefinition)?;
        listing.reference.set(price_ticks);
        self.events.reference_price_set(instrument, price_ticks);
        Ok(())
    }

    fn set_asset_limit(&mut self, asset: u32, amount: i128) -> Result<(), Rejection> {
        let found = self.assets.get_mut(at(asset)).ok_or(Rejection::UnknownAsset)?;
        check((0..=AMOUNT_MAX).contains(&amount), Rejection::AmountOutOfRange)?;
        found.limit = amount;
        for listing in &mut self.listings {
            let (base, quote) = (listing.definition.base, listing.definition.quote);
            listing.asset_limits = some_limits(self.assets[at(base)].limit, self.assets[at(quote)].limit);
        }
        self.events.asset_limit_set(asset, amount);
        Ok(())
    }

    fn check_funds(&self, funds: &Funds) -> Result<(), Rejection> {
        check(self.accounts.contains_key(&funds.account), Rejection::UnknownAccount)?;
        check(self.ledger.has_asset(funds.asset), Rejection::UnknownAsset)?;
        check(0 < funds.amount && funds.amount <= AMOUNT_MAX, Rejection::AmountOutOfRange)
    }

    fn deposit(&mut self, funds: &Funds) -> Result<(), Rejection> {
        self.check_funds(funds)?;
        self.ledger.deposit(funds.account, funds.asset, funds.amount)?;
        self.events.deposited(funds.account, funds.asset, funds.amount);
        Ok(())
    }

    fn hold_withdrawal(&mut self, id: u64, funds: &Funds) -> Result<(), Rejection> {
        self.check_funds(funds)?;
        check(!self.withdrawals.contains_key(&id), Rejection::AlreadyExists)?;
        check(self.withdrawals.len() < WITHDRAWALS_HELD_MAX, Rejection::LimitReached)?;
        let &Funds { account, asset, amount } = funds;
        let balance = self.ledger.number(account, asset);
        self.ledger.check_free(balance, amount)?;
        self.ledger.hold(balance, amount);
        self.withdrawals.insert(id, Withdrawal { account, asset, amount });
        self.events.withdrawal(WITHDRAWAL_HELD, account, asset, id, amount);
        Ok(())
    }

    fn settle_withdrawal(&mut self, id: u64) -> Result<(), Rejection> {
        let held = self.withdrawals.remove(&id).ok_or(Rejection::UnknownWithdrawal)?;
        self.ledger.withdraw(held.account, held.asset, held.amount);
        self.events.withdrawal(WITHDRAWAL_SETTLED, held.account, held.asset, id, held.amount);
        Ok(())
    }

    fn release_withdrawal(&mut self, id: u64) -> Result<(), Rejection> {
        let held = self.withdrawals.remove(&id).ok_or(Rejection::UnknownWithdrawal)?;
        let balance = self.ledger.number(held.account, held.asset);
        self.ledger.release(balance, held.amount);
        self.events.withdrawal(WITHDRAWAL_RELEASED, held.account, held.asset, id, held.amount);
        Ok(())
    }

    fn transfer(&mut self, target: u32, funds: &Funds) -> Result<(), Rejection> {
        check(self.accounts.contains_key(&funds.account), Rejection::UnknownAccount)?;
        check(self.accounts.contains_key(&target), Rejection::UnknownAccount)?;
        check(target != funds.account, Rejection::InvalidDefinition)?;
        self.check_funds(funds)?;
        let source = self.ledger.number(funds.account, funds.asset);
        self.ledger.check_free(source, funds.amount)?;
        let target_number = self.ledger.number(target, funds.asset);
        self.ledger.transfer(source, target_number, funds.amount);
        self.events.transferred(funds.account, target, funds.asset, funds.amount);
        Ok(())
    }

    /// The seat of an account at an instrument, made at the first order. Both must be known.
    pub(crate) fn seat(&mut self, account: u32, instrument: u32) -> Result<u32, Rejection> {
        if let Some(seat) = self.open.find_seat(account, instrument) {
            return Ok(seat);
        }
        let found = self.accounts.get_mut(&account).ok_or(Rejection::UnknownAccount)?;
        let listing = self.listings.get(at(instrument)).ok_or(Rejection::UnknownInstrument)?;
        let seat = crate::open_orders::NewSeat {
            account,
            instrument,
            base: self.ledger.number(account, listing.definition.base),
            quote: self.ledger.number(account, listing.definition.quote),
            commission_tier: found.commission_tier,
            trade_group: found.trade_group,
        };
        found.first_seat = self.open.add_seat(seat, found.first_seat);
        Ok(found.first_seat)
    }

    /// The seats of an account at one instrument, or at all (instrument NONE), in the order of the instruments.
    pub(crate) fn seats_of(&self, account: u32, instrument: u32) -> Result<Vec<u32>, Rejection> {
        let found = self.accounts.get(&account).ok_or(Rejection::UnknownAccount)?;
        if instrument != NONE {
            check(at(instrument) < self.listings.len(), Rejection::UnknownInstrument)?;
            return Ok(self.open.find_seat(account, instrument).into_iter().collect());
        }
        let mut seats: Vec<u32> = self.open.seats_of(found.first_seat).collect();
        seats.sort_unstable_by_key(|&seat| self.open.seats[at(seat)].instrument);
        Ok(seats)
    }
}
