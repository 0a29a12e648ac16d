"""The closed sets of words an order is described with. Values are on disk: never reuse one."""

from enum import IntEnum


class Side(IntEnum):
    BUY = 0
    SELL = 1


class OrderType(IntEnum):
    LIMIT = 0
    MARKET = 1
    LIMIT_MAKER = 2


class TimeInForce(IntEnum):
    GTC = 0
    IOC = 1
    FOK = 2


class StpMode(IntEnum):
    """Self-trade prevention: who gives way when an account meets itself; the taker decides."""

    NONE = 0
    EXPIRE_TAKER = 1
    EXPIRE_MAKER = 2
    EXPIRE_BOTH = 3
    DECREMENT = 4


class ExpiryReason(IntEnum):
    """Why an order left by a rule. STP gives the status EXPIRED_IN_MATCH, all others EXPIRED."""

    UNFILLED_IOC_QUANTITY = 1
    UNFILLED_FOK_ORDER = 2
    INSUFFICIENT_LIQUIDITY = 3
    STP = 4
    AMENDED_TO_NOTHING = 5


class InstrumentStatus(IntEnum):
    TRADING = 0
    HALT = 1
    CANCEL_ONLY = 2


class CancelRestriction(IntEnum):
    NONE = 0
    ONLY_NEW = 1
    ONLY_PARTIALLY_FILLED = 2


class ReplaceMode(IntEnum):
    STOP_ON_FAILURE = 0
    ALLOW_FAILURE = 1
