//! The rules of the exchange: one deterministic machine. No clock, no I/O, no floats, no threads, no unsafe.
//!
//! exchange.rs (apply) -> trading.rs (check, hold, match, settle, release) -> matching.rs, ledger.rs, book.rs

mod administration;
mod amend;
mod auction;
pub mod book;
mod bytes;
mod cancel;
mod checks;
pub mod client_order_ids;
pub mod command;
mod command_ids;
pub mod commission;
mod consequence;
pub mod details;
pub mod event;
pub mod exchange;
mod follow_up;
mod hash_index;
pub mod instructions;
pub mod instrument;
pub mod ladder;
pub mod ledger;
pub mod limits;
mod liquidity;
mod matching;
mod mean_price;
pub mod number;
pub mod open_orders;
pub mod order;
mod order_index;
mod order_list;
mod reference_price;
pub mod rejection;
pub mod snapshot;
mod snapshot_orders;
mod trading;
mod trigger;

pub use exchange::{Exchange, Unapplied};
pub use rejection::Rejection;

pub const VERSION: &str = env!("CARGO_PKG_VERSION");
