"""Commands: what can be asked of the machine.

Integers only: ticks, lots, smallest units (i128), parts per million.

Time, sequence and command id are not here: the sequencer stamps them on the frame (codec.py).
Bounds that the machine enforces are in rust/core/src/limits.rs.
"""

import msgspec

from rialto.messages.ids import (
    AccountId,
    AssetId,
    InstrumentId,
    OrderId,
    OrderListId,
    WithdrawalId,
)
from rialto.messages.instructions import Instructions, OrderLeg
from rialto.messages.instruments import InstrumentDefinition
from rialto.messages.orders import (
    CancelRestriction,
    InstrumentStatus,
    OrderListType,
    OrderType,
    ReplaceMode,
    Side,
    StpMode,
    TimeInForce,
)

ALL_INSTRUMENTS = InstrumentId(0xFFFF_FFFF)
ANY_ORDER = OrderId(0)  # in a cancel or amend: find the order by its client order id
ANY_ORDER_LIST = OrderListId(0)  # in a cancel: find the list by its client order id


class Command(msgspec.Struct, frozen=True, gc=False):
    """Anything that can be submitted."""


class AddAsset(Command, frozen=True, gc=False):
    decimals: int  # smallest unit = 10^-decimals, at most 18
    symbol: str


class ListInstrument(Command, frozen=True, gc=False):
    definition: InstrumentDefinition


class SetInstrumentStatus(Command, frozen=True, gc=False):
    instrument: InstrumentId
    status: InstrumentStatus


class OpenAccount(Command, frozen=True, gc=False):
    account: AccountId


class SetCommissionRates(Command, frozen=True, gc=False):
    """Of one instrument, for the accounts of one commission tier; accounts start in tier 0."""

    instrument: InstrumentId
    tier: int
    maker_ppm: int
    taker_ppm: int


class SetCommissionTier(Command, frozen=True, gc=False):
    account: AccountId
    tier: int


class SetTradeGroup(Command, frozen=True, gc=False):
    """Accounts of one group do not trade with one another; 0: in none."""

    account: AccountId
    trade_group: int


class SetReferencePrice(Command, frozen=True, gc=False):
    """By the operator; 0 takes it away. Refused where the reference price is a mean of trades."""

    instrument: InstrumentId
    price_ticks: int


class SetExchangeLimits(Command, frozen=True, gc=False):
    """Open orders and lists of one account over all instruments; 0: no such limit."""

    max_num_orders: int
    max_num_algo_orders: int
    max_num_iceberg_orders: int
    max_num_order_lists: int


class SetAssetLimit(Command, frozen=True, gc=False):
    """MAX_ASSET: the most that one order may buy, sell or cost of an asset; 0: no limit."""

    asset: AssetId
    amount: int


class Deposit(Command, frozen=True, gc=False):
    account: AccountId
    asset: AssetId
    amount: int


class HoldWithdrawal(Command, frozen=True, gc=False):
    account: AccountId
    asset: AssetId
    withdrawal: WithdrawalId
    amount: int


class SettleWithdrawal(Command, frozen=True, gc=False):
    withdrawal: WithdrawalId


class ReleaseWithdrawal(Command, frozen=True, gc=False):
    withdrawal: WithdrawalId


class Transfer(Command, frozen=True, gc=False):
    source: AccountId
    target: AccountId
    asset: AssetId
    amount: int


class PlaceOrder(Command, frozen=True, gc=False):
    """quantity_lots, or of a market order quote_amount: the other is 0, as is its price_ticks.

    client_order_id may be "": the order then has none and pays nothing for deduplication.
    client_order_id_reusable: Binance's looser rule, an id is free again once its order is closed.
    """

    account: AccountId
    instrument: InstrumentId
    side: Side
    type: OrderType
    time_in_force: TimeInForce
    stp: StpMode
    client_order_id_reusable: bool
    price_ticks: int
    quantity_lots: int
    quote_amount: int = 0
    client_order_id: str = ""
    instructions: Instructions | None = None


class PlaceOrderList(Command, frozen=True, gc=False):
    """Two or three orders that depend on one another.

    legs: above, below of an OCO; working, pending of OTO and OPO; working, pending above, pending
    below of OTOCO and OPOCO.
    """

    account: AccountId
    instrument: InstrumentId
    list_type: OrderListType
    stp: StpMode
    client_order_id_reusable: bool
    list_client_order_id: str
    legs: tuple[OrderLeg, ...]


class CancelOrderList(Command, frozen=True, gc=False):
    """By order_list, by list_client_order_id (then order_list is ANY_ORDER_LIST), or both."""

    account: AccountId
    instrument: InstrumentId
    order_list: OrderListId
    list_client_order_id: str = ""
    cancel_client_order_id: str = ""


class CancelOrder(Command, frozen=True, gc=False):
    """By order_id, by client_order_id (then order_id is ANY_ORDER), or both, which must agree."""

    account: AccountId
    instrument: InstrumentId
    order_id: OrderId
    restriction: CancelRestriction = CancelRestriction.NONE
    client_order_id: str = ""
    cancel_client_order_id: str = ""  # the id of the cancel itself, echoed in the event


class CancelAllOrders(Command, frozen=True, gc=False):
    account: AccountId
    instrument: InstrumentId  # or ALL_INSTRUMENTS


class ReplaceOrder(Command, frozen=True, gc=False):
    """Cancel one order and place another on the same instrument, in one command."""

    account: AccountId
    instrument: InstrumentId
    cancel_order_id: OrderId
    mode: ReplaceMode
    restriction: CancelRestriction
    side: Side
    type: OrderType
    time_in_force: TimeInForce
    stp: StpMode
    client_order_id_reusable: bool
    price_ticks: int
    quantity_lots: int
    quote_amount: int = 0
    client_order_id: str = ""  # of the new order
    canceled_client_order_id: str = ""  # of the order to cancel
    cancel_client_order_id: str = ""  # of the cancel itself
    instructions: Instructions | None = None


class AmendOrder(Command, frozen=True, gc=False):
    """Reduce the total quantity and keep the place in the queue."""

    account: AccountId
    instrument: InstrumentId
    order_id: OrderId
    quantity_lots: int  # the new total, executed part included
    client_order_id: str = ""
    new_client_order_id: str = ""  # "" leaves it as it is


class AdvanceTime(Command, frozen=True, gc=False):
    """Nothing but the time on its frame: orders past their time expire, work that waits goes on.

    The sequencer sends it when the machine says that something is due (Exchange.wake_at_us).
    """
