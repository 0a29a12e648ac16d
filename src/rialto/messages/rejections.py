"""Why a command was refused. Values are on disk and in the core (rejection.rs): never reuse one."""

from enum import IntEnum


class Rejection(IntEnum):
    MALFORMED = 1
    DUPLICATE_COMMAND = 2
    UNKNOWN_ACCOUNT = 3
    UNKNOWN_ASSET = 4
    UNKNOWN_INSTRUMENT = 5
    ALREADY_EXISTS = 6
    INVALID_DEFINITION = 7
    LIMIT_REACHED = 8
    AMOUNT_OUT_OF_RANGE = 9
    INSUFFICIENT_BALANCE = 10
    UNKNOWN_WITHDRAWAL = 11

    MARKET_CLOSED = 20
    UNSUPPORTED_COMBINATION = 21
    STP_MODE_NOT_ALLOWED = 22
    PRICE_FILTER = 23
    LOT_SIZE = 24
    MARKET_LOT_SIZE = 25
    MIN_NOTIONAL = 26
    NOTIONAL = 27
    PERCENT_PRICE_BY_SIDE = 28
    MAX_NUM_ORDERS = 29
    MAX_POSITION = 30
    WOULD_TAKE = 31
    # Same id, other parameters; under the looser rule: an open order has it.
    DUPLICATE_CLIENT_ORDER_ID = 32
    # Both of a market order by quote quantity: the book cannot fill one lot, or it is too small
    # for one lot at the best price.
    NO_LIQUIDITY = 33
    QUOTE_QUANTITY_BELOW_LOT = 34

    UNKNOWN_ORDER = 40
    CLIENT_ORDER_ID_MISMATCH = 41  # both ids were given and name different orders
    CANCEL_RESTRICTED = 42
    AMEND_INCREASES_QUANTITY = 43
    AMEND_CHANGES_NOTHING = 44
