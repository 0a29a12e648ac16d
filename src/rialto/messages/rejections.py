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

    # Of a kind of order that the instrument does not have.
    ORDER_TYPE_NOT_ALLOWED = 50
    ICEBERG_NOT_ALLOWED = 51
    TRAILING_STOP_NOT_ALLOWED = 52
    PEG_NOT_ALLOWED = 53
    OCO_NOT_ALLOWED = 54
    OTO_NOT_ALLOWED = 55
    OPO_NOT_ALLOWED = 56
    CANCEL_REPLACE_NOT_ALLOWED = 57
    AMEND_NOT_ALLOWED = 58
    QUOTE_QUANTITY_NOT_ALLOWED = 59

    WOULD_TRIGGER = 60  # the stop price is met already
    ICEBERG_QUANTITY = 61  # the visible part is not below the whole
    PEG_ORDER_TYPE = 62  # this order type may not be pegged
    PEG_PRICE_TYPE = 63  # this peg does not go with this order type
    PEG_LIQUIDITY = 64  # the book has no such level
    NO_TRAILING_REFERENCE = 65  # a trailing order without a stop price before any trade
    GOOD_TILL_TIME_PASSED = 66

    PERCENT_PRICE = 70
    ICEBERG_PARTS = 71
    TRAILING_DELTA = 72
    MAX_NUM_ALGO_ORDERS = 73
    MAX_NUM_ICEBERG_ORDERS = 74
    MAX_NUM_ORDER_LISTS = 75
    MAX_NUM_ORDER_AMENDS = 76
    EXCHANGE_MAX_NUM_ORDERS = 77
    EXCHANGE_MAX_NUM_ALGO_ORDERS = 78
    EXCHANGE_MAX_NUM_ICEBERG_ORDERS = 79
    EXCHANGE_MAX_NUM_ORDER_LISTS = 80
    MAX_ASSET = 81

    LIST_PRICES = 90  # the prices of a pair do not stand around the last price
    LIST_LEGS = 91  # these orders do not make such a list
    UNKNOWN_ORDER_LIST = 92
    DUPLICATE_LIST_CLIENT_ORDER_ID = 93  # an open list has it
    AMEND_PENDING_OPO = 94
