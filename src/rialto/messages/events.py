"""Events: what the machine says happened. Every command gives at least one, a refused one too.

An event names its own effect on balances, so a reader needs no rule of the exchange to follow the
money (postings.py). Held amounts are in the quote asset for a BUY and in the base asset for a SELL.
"""

import msgspec

from rialto.messages.ids import (
    AccountId,
    AssetId,
    InstrumentId,
    OrderId,
    PreventedMatchId,
    Sequence,
    TradeId,
    UpdateId,
    WithdrawalId,
)
from rialto.messages.instruments import InstrumentDefinition
from rialto.messages.orders import (
    ExpiryReason,
    InstrumentStatus,
    OrderType,
    Side,
    StpMode,
    TimeInForce,
)
from rialto.messages.rejections import Rejection


class Event(msgspec.Struct, frozen=True, gc=False):
    """Its id is (sequence, index): the command in the log, and the event within the command."""

    sequence: Sequence
    index: int
    time_us: int


class AssetAdded(Event, frozen=True, gc=False):
    asset: AssetId
    decimals: int
    symbol: str


class InstrumentListed(Event, frozen=True, gc=False):
    instrument: InstrumentId
    definition: InstrumentDefinition


class InstrumentStatusSet(Event, frozen=True, gc=False):
    instrument: InstrumentId
    status: InstrumentStatus


class AccountOpened(Event, frozen=True, gc=False):
    account: AccountId


class CommissionRatesSet(Event, frozen=True, gc=False):
    instrument: InstrumentId
    tier: int
    maker_ppm: int
    taker_ppm: int


class CommissionTierSet(Event, frozen=True, gc=False):
    account: AccountId
    tier: int


class Deposited(Event, frozen=True, gc=False):
    account: AccountId
    asset: AssetId
    amount: int


class WithdrawalHeld(Event, frozen=True, gc=False):
    account: AccountId
    asset: AssetId
    withdrawal: WithdrawalId
    amount: int


class WithdrawalSettled(Event, frozen=True, gc=False):
    account: AccountId
    asset: AssetId
    withdrawal: WithdrawalId
    amount: int


class WithdrawalReleased(Event, frozen=True, gc=False):
    account: AccountId
    asset: AssetId
    withdrawal: WithdrawalId
    amount: int


class Transferred(Event, frozen=True, gc=False):
    source: AccountId
    target: AccountId
    asset: AssetId
    amount: int


class OrderPlaced(Event, frozen=True, gc=False):
    """Accepted; `held` moved from free to locked.

    quantity_lots of a market order by quote amount are those that were planned for it.
    """

    order_id: OrderId
    account: AccountId
    instrument: InstrumentId
    side: Side
    type: OrderType
    time_in_force: TimeInForce
    stp: StpMode
    price_ticks: int
    quantity_lots: int
    quote_amount: int
    held: int
    client_order_id: str


class TradeExecuted(Event, frozen=True, gc=False):
    """One match at the maker's price.

    The buyer pays commission in base and the seller in quote, out of what they get.

    buyer_release: quote unlocked because a taking buyer got a better price than the hold allowed
    for.
    """

    trade_id: TradeId
    instrument: InstrumentId
    taker_side: Side
    taker_order_id: OrderId
    maker_order_id: OrderId
    taker_account: AccountId
    maker_account: AccountId
    price_ticks: int
    quantity_lots: int
    taker_remaining_lots: int
    maker_remaining_lots: int
    update_id: UpdateId
    buyer_commission: int
    seller_commission: int
    buyer_release: int


class OrderRested(Event, frozen=True, gc=False):
    """No match, or no more: what is left of the order waits on the book."""

    order_id: OrderId
    account: AccountId
    instrument: InstrumentId
    side: Side
    price_ticks: int
    remaining_lots: int
    update_id: UpdateId


class OrderCanceled(Event, frozen=True, gc=False):
    """Taken off the book by its owner; `released` moved from locked to free."""

    order_id: OrderId
    account: AccountId
    instrument: InstrumentId
    side: Side
    price_ticks: int
    remaining_lots: int
    released: int
    update_id: UpdateId
    cancel_client_order_id: str


class OrderExpired(Event, frozen=True, gc=False):
    """Ended by a rule. update_id is 0 if the order was not resting."""

    order_id: OrderId
    account: AccountId
    instrument: InstrumentId
    side: Side
    reason: ExpiryReason
    price_ticks: int
    remaining_lots: int
    released: int
    update_id: UpdateId


class OrderAmended(Event, frozen=True, gc=False):
    order_id: OrderId
    account: AccountId
    instrument: InstrumentId
    side: Side
    price_ticks: int
    old_quantity_lots: int
    quantity_lots: int
    remaining_lots: int
    released: int
    update_id: UpdateId
    client_order_id: str  # the id the order has from now on, "" if it has none


class MatchPrevented(Event, frozen=True, gc=False):
    """Two orders of one account met. DECREMENT takes the prevented quantity off both."""

    prevented_match_id: PreventedMatchId
    instrument: InstrumentId
    taker_side: Side
    mode: StpMode
    account: AccountId
    taker_order_id: OrderId
    maker_order_id: OrderId
    price_ticks: int
    taker_prevented_lots: int
    maker_prevented_lots: int
    taker_remaining_lots: int
    maker_remaining_lots: int
    taker_released: int
    maker_released: int
    update_id: UpdateId  # 0 if the maker's level did not change


class OrderRepeated(Event, frozen=True, gc=False):
    """The same order was sent again: its outcome is the events of original_sequence."""

    order_id: OrderId
    account: AccountId
    instrument: InstrumentId
    original_sequence: Sequence
    client_order_id: str


class OrderRejected(Event, frozen=True, gc=False):
    """An order that was never accepted, as it was sent; it has no id."""

    account: AccountId
    instrument: InstrumentId
    side: Side
    type: OrderType
    time_in_force: TimeInForce
    stp: StpMode
    rejection: Rejection
    price_ticks: int
    quantity_lots: int
    quote_amount: int
    client_order_id: str


class CommandRejected(Event, frozen=True, gc=False):
    """Any other command that was refused, and changed nothing."""

    rejection: Rejection
    command_kind: int
    account: AccountId  # 0 where the command names none
    instrument: InstrumentId
    order_id: OrderId
    client_order_id: str
