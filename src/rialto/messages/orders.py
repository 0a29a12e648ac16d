"""The closed sets of words an order is described with. Values are on disk: never reuse one."""

from enum import IntEnum, IntFlag


class Side(IntEnum):
    BUY = 0
    SELL = 1


class OrderType(IntEnum):
    LIMIT = 0
    MARKET = 1
    LIMIT_MAKER = 2
    STOP_LOSS = 3
    STOP_LOSS_LIMIT = 4
    TAKE_PROFIT = 5
    TAKE_PROFIT_LIMIT = 6


CONDITIONAL_TYPES = frozenset(
    {
        OrderType.STOP_LOSS,
        OrderType.STOP_LOSS_LIMIT,
        OrderType.TAKE_PROFIT,
        OrderType.TAKE_PROFIT_LIMIT,
    }
)


class TimeInForce(IntEnum):
    GTC = 0
    IOC = 1
    FOK = 2


class StpMode(IntEnum):
    """Self-trade prevention: who gives way when an account meets itself; the taker decides.

    TRANSFER needs both sides to ask for it; a taker alone who does gets DECREMENT.
    """

    NONE = 0
    EXPIRE_TAKER = 1
    EXPIRE_MAKER = 2
    EXPIRE_BOTH = 3
    DECREMENT = 4
    TRANSFER = 5


class ExpiryReason(IntEnum):
    """Why an order left by a rule. STP gives the status EXPIRED_IN_MATCH, all others EXPIRED."""

    UNFILLED_IOC_QUANTITY = 1
    UNFILLED_FOK_ORDER = 2
    INSUFFICIENT_LIQUIDITY = 3
    STP = 4
    AMENDED_TO_NOTHING = 5
    REJECTED = 6  # a waiting or pending order was refused when its time came
    OCO_TRIGGER = 7  # the other leg of the pair trades or works, or the pair expired
    OTO_PHASE_ONE = 8  # the working order expired, so the pending one never came
    PRICE_RANGE = 9  # it would have traded outside the price range
    GOOD_TILL_TIME = 10


class InstrumentStatus(IntEnum):
    TRADING = 0
    HALT = 1
    CANCEL_ONLY = 2
    AUCTION = 3  # limit orders gather without matching; TRADING after it opens at one price


class CancelRestriction(IntEnum):
    NONE = 0
    ONLY_NEW = 1
    ONLY_PARTIALLY_FILLED = 2


class ReplaceMode(IntEnum):
    STOP_ON_FAILURE = 0
    ALLOW_FAILURE = 1


class PegPriceType(IntEnum):
    """Which price a pegged order takes when it gets to the book; it does not float afterwards."""

    NONE = 0
    PRIMARY = 1  # the best of its own side
    MARKET = 2  # the best of the other side


class OrderListType(IntEnum):
    """OCO: two orders of which one does. OTO: the second comes when the first is filled.

    OTOCO: the pending part is a pair. OPO, OPOCO: the pending part sells what the first bought.
    """

    OCO = 0
    OTO = 1
    OTOCO = 2
    OPO = 3
    OPOCO = 4


class Feature(IntFlag):
    """What an instrument allows beside plain orders."""

    ICEBERG = 1
    OCO = 2
    OTO = 4
    OPO = 8
    TRAILING_STOP = 16
    CANCEL_REPLACE = 32
    AMEND = 64
    PEG = 128
    QUOTE_QUANTITY_MARKET = 256


ALL_FEATURES = 511
ALL_ORDER_TYPES = 127  # bit n: OrderType(n)
