//! The double-entry ledger. The only place where a balance is written.
//!
//! Per asset, the free and locked balances of all accounts, what was earned in commission, and `external` (what came
//! from the outside, negative) sum to zero after every call.

use crate::hash_index::{hash_pair, HashIndex};
use crate::limits::SUPPLY_MAX;
use crate::number::{at, slot};
use crate::rejection::Rejection;

#[derive(Clone, Copy, Default)]
pub struct Balance {
    pub free: i128,
    pub locked: i128,
}

/// What one side of a trade owes and gets, summed over the trades of one command where it is the taker.
#[derive(Clone, Copy, Default)]
pub struct Settlement {
    /// Out of locked, to the counterparty.
    pub paid: i128,
    /// Out of locked, back to free.
    pub released: i128,
    /// Into free, commission already taken off.
    pub received: i128,
}

#[derive(Default)]
pub struct Ledger {
    balances: Vec<Balance>,
    owners: Vec<(u32, u32)>,
    index: HashIndex,
    commission: Vec<i128>,
    external: Vec<i128>,
}

impl Ledger {
    pub fn add_asset(&mut self) {
        self.commission.push(0);
        self.external.push(0);
    }

    pub fn has_asset(&self, asset: u32) -> bool {
        at(asset) < self.external.len()
    }

    pub fn find(&self, account: u32, asset: u32) -> Option<u32> {
        self.index.find(hash_pair(account, asset), |number| self.owners[at(number)] == (account, asset))
    }

    /// The number of the balance, made if it is not there. The account and the asset must exist.
    pub fn number(&mut self, account: u32, asset: u32) -> u32 {
        if let Some(number) = self.find(account, asset) {
            return number;
        }
        let number = slot(self.balances.len());
        self.balances.push(Balance::default());
        self.owners.push((account, asset));
        self.index.insert(hash_pair(account, asset), number);
        number
    }

    #[inline]
    pub fn balance(&self, number: u32) -> Balance {
        self.balances[at(number)]
    }

    #[inline]
    pub fn check_free(&self, number: u32, amount: i128) -> Result<(), Rejection> {
        if self.balances[at(number)].free < amount {
            return Err(Rejection::InsufficientBalance);
        }
        Ok(())
    }

    /// Free to locked. The caller has checked that it is there.
    #[inline(always)]
    pub fn hold(&mut self, number: u32, amount: i128) {
        let balance = &mut self.balances[at(number)];
        assert!(0 <= amount && amount <= balance.free, "a hold within what is free");
        balance.free -= amount;
        balance.locked += amount;
    }

    /// Locked to free.
    #[inline(always)]
    pub fn release(&mut self, number: u32, amount: i128) {
        let balance = &mut self.balances[at(number)];
        assert!(0 <= amount && amount <= balance.locked, "a release within what is locked");
        balance.locked -= amount;
        balance.free += amount;
    }

    /// One side of a trade: what it pays leaves `paying`, what it gets enters `receiving`.
    #[inline]
    pub fn settle(&mut self, paying: u32, receiving: u32, settlement: Settlement) {
        let Settlement { paid, released, received } = settlement;
        let payer = &mut self.balances[at(paying)];
        assert!(paid + released <= payer.locked, "a payment within what is locked");
        payer.locked -= paid + released;
        payer.free += released;
        self.balances[at(receiving)].free += received;
    }

    #[inline]
    pub fn earn(&mut self, asset: u32, commission: i128) {
        self.commission[at(asset)] += commission;
    }

    pub fn deposit(&mut self, account: u32, asset: u32, amount: i128) -> Result<(), Rejection> {
        if amount - self.external[at(asset)] > SUPPLY_MAX {
            return Err(Rejection::LimitReached);
        }
        let number = self.number(account, asset);
        self.external[at(asset)] -= amount;
        self.balances[at(number)].free += amount;
        Ok(())
    }

    /// Locked to the outside.
    pub fn withdraw(&mut self, account: u32, asset: u32, amount: i128) {
        let number = self.number(account, asset);
        let balance = &mut self.balances[at(number)];
        assert!(amount <= balance.locked, "a withdrawal is held before it is settled");
        balance.locked -= amount;
        self.external[at(asset)] += amount;
    }

    pub fn transfer(&mut self, source: u32, target: u32, amount: i128) {
        self.balances[at(source)].free -= amount;
        self.balances[at(target)].free += amount;
    }

    /// (account, asset, balance) of every balance that is not zero, sorted.
    pub fn rows(&self) -> Vec<(u32, u32, Balance)> {
        let mut rows: Vec<(u32, u32, Balance)> = self
            .owners
            .iter()
            .zip(&self.balances)
            .filter(|(_, balance)| balance.free != 0 || balance.locked != 0)
            .map(|(&(account, asset), &balance)| (account, asset, balance))
            .collect();
        rows.sort_unstable_by_key(|&(account, asset, _)| (account, asset));
        rows
    }

    /// (commission, external) of each asset.
    pub fn totals(&self) -> impl Iterator<Item = (i128, i128)> + '_ {
        self.commission.iter().copied().zip(self.external.iter().copied())
    }

    /// Put back what a snapshot says.
    pub fn restore(&mut self, account: u32, asset: u32, balance: Balance) {
        let number = self.number(account, asset);
        self.balances[at(number)] = balance;
    }

    pub fn restore_totals(&mut self, asset: u32, commission: i128, external: i128) {
        self.commission[at(asset)] = commission;
        self.external[at(asset)] = external;
    }

    /// Whether nothing is negative and each asset sums to zero.
    pub fn is_balanced(&self) -> bool {
        let mut sums: Vec<i128> = self.totals().map(|(commission, external)| commission + external).collect();
        for (&(_, asset), balance) in self.owners.iter().zip(&self.balances) {
            if balance.free < 0 || balance.locked < 0 {
                return false;
            }
            sums[at(asset)] += balance.free + balance.locked;
        }
        sums.iter().all(|&sum| sum == 0)
    }
}
