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
    OrderListId,
    PreventedMatchId,
    Sequence,
    TradeId,
    UpdateId,
    WithdrawalId,
)
from rialto.messages.instructions import Instructions
from rialto.messages.instruments import InstrumentDefinition
from rialto.messages.orders import (
    ExpiryReason,
    InstrumentStatus,
    OrderListType,
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


class TradeGroupSet(Event, frozen=True, gc=False):
    account: AccountId
    trade_group: int


class ReferencePriceSet(Event, frozen=True, gc=False):
    instrument: InstrumentId
    price_ticks: int


class ExchangeLimitsSet(Event, frozen=True, gc=False):
    max_num_orders: int
    max_num_algo_orders: int
    max_num_iceberg_orders: int
    max_num_order_lists: int


class AssetLimitSet(Event, frozen=True, gc=False):
    asset: AssetId
    amount: int


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

    quantity_lots of a market order by quote amount are those that were planned for it. price_ticks
    is as it was sent: OrderPegged tells the price of a pegged order. What happens next: an order
    with a stop price or a trailing delta waits for OrderTriggered, the pending leg of a list for
    OrderActivated, any other meets the book at once.
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
    instructions: Instructions | None = None


class TradeExecuted(Event, frozen=True, gc=False):
    """One match at the maker's price.

    The buyer pays commission in base and the seller in quote, out of what they get.

    buyer_release: quote unlocked because the buyer got a better price than the hold allowed for.
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
    visible_lots: int  # what the level shows of it: less than remaining_lots for an iceberg


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
    """Ended by a rule. update_id is 0 if the order was not resting.

    remaining_lots of an iceberg is all it had left; its level loses only what was visible.
    """

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
    """Two orders of one account, or one trade group, met. `mode` is the one that took effect.

    DECREMENT takes the prevented quantity off both; TRANSFER also moves it, base and quote, between
    the two accounts at price_ticks, without commission. Then taker_released is the buyer's better
    price where the taker buys, and maker_released 0.
    """

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
    maker_account: AccountId


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
    instructions: Instructions | None = None


class OrderTriggered(Event, frozen=True, gc=False):
    """The stop price was met: the order goes to the book, as its type says, right after this."""

    order_id: OrderId
    account: AccountId
    instrument: InstrumentId
    side: Side
    price_ticks: int  # its limit; 0 at market
    released: int  # its hold changes from what it was while it waited
    held: int


class OrderActivated(Event, frozen=True, gc=False):
    """The pending leg of a list, now that its working order is filled; it waits or trades next."""

    order_id: OrderId
    account: AccountId
    instrument: InstrumentId
    side: Side
    price_ticks: int
    quantity_lots: int
    held: int


class OrderPegged(Event, frozen=True, gc=False):
    """The price that a pegged order got."""

    order_id: OrderId
    account: AccountId
    instrument: InstrumentId
    side: Side
    price_ticks: int


class TrailingStarted(Event, frozen=True, gc=False):
    """A trailing order met its stop price: from this price on it follows the market."""

    order_id: OrderId
    account: AccountId
    instrument: InstrumentId
    side: Side
    price_ticks: int


class IcebergRefreshed(Event, frozen=True, gc=False):
    """The visible part was used up: the next one stands at the end of its level."""

    order_id: OrderId
    account: AccountId
    instrument: InstrumentId
    side: Side
    price_ticks: int
    visible_lots: int
    update_id: UpdateId


class OrderListPlaced(Event, frozen=True, gc=False):
    """Accepted; the OrderPlaced of its legs follow, with the ids from first_order_id on."""

    order_list: OrderListId
    account: AccountId
    instrument: InstrumentId
    list_type: OrderListType
    first_order_id: OrderId
    leg_count: int
    list_client_order_id: str


class OrderListDone(Event, frozen=True, gc=False):
    """None of its orders is open any more."""

    order_list: OrderListId
    account: AccountId
    instrument: InstrumentId


class ProceedsHeld(Event, frozen=True, gc=False):
    """What the working order of an OPO bought is locked for its pending order (base asset).

    A negative amount is unlocked: the list ended before, or the lot size left a rest.
    """

    order_list: OrderListId
    account: AccountId
    instrument: InstrumentId
    amount: int


class TimeAdvanced(Event, frozen=True, gc=False):
    """Comes first; what the time brought follows."""


class AuctionPriced(Event, frozen=True, gc=False):
    """The opening price and how much trades at it; InstrumentStatusSet follows the last trade."""

    instrument: InstrumentId
    price_ticks: int
    quantity_lots: int


class CommandRejected(Event, frozen=True, gc=False):
    """Any other command that was refused, and changed nothing."""

    rejection: Rejection
    command_kind: int
    account: AccountId  # 0 where the command names none
    instrument: InstrumentId
    order_id: OrderId
    client_order_id: str
