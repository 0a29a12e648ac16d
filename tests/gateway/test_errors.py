"""The error table is complete, and its texts are Binance's."""

import pytest

from rialto.gateway.wire import errors
from rialto.gateway.wire.errors import Refused, WireError
from rialto.gateway.wire.rejections import AMEND_ERRORS, CANCEL_ERRORS, WIRE_ERRORS
from rialto.messages.rejections import Rejection

# What each rejection reads as: for a new order, and where it differs for a cancel.
TABLE = """
MALFORMED                  -1000  An unknown error occurred while processing the request.
DUPLICATE_COMMAND          -1006  An unexpected response was received from the message bus.
    Execution status unknown.
UNKNOWN_ACCOUNT            -2010  This account may not place or cancel orders.
UNKNOWN_ASSET              -1000  An unknown error occurred while processing the request.
UNKNOWN_INSTRUMENT         -1121  Invalid symbol.
ALREADY_EXISTS             -1000  An unknown error occurred while processing the request.
INVALID_DEFINITION         -1000  An unknown error occurred while processing the request.
LIMIT_REACHED              -2010  This action is disabled on this account.
AMOUNT_OUT_OF_RANGE        -1108  Parameter 'quoteOrderQty' overflowed.
INSUFFICIENT_BALANCE       -2010  Account has insufficient balance for requested action.
UNKNOWN_WITHDRAWAL         -1000  An unknown error occurred while processing the request.
MARKET_CLOSED              -2010  Market is closed.
UNSUPPORTED_COMBINATION    -1014  Unsupported order combination.
STP_MODE_NOT_ALLOWED       -1013  This symbol does not allow the specified self-trade
    prevention mode.
PRICE_FILTER               -1013  Filter failure: PRICE_FILTER
LOT_SIZE                   -1013  Filter failure: LOT_SIZE
MARKET_LOT_SIZE            -1013  Filter failure: MARKET_LOT_SIZE
MIN_NOTIONAL               -1013  Filter failure: MIN_NOTIONAL
NOTIONAL                   -1013  Filter failure: NOTIONAL
PERCENT_PRICE_BY_SIDE      -1013  Filter failure: PERCENT_PRICE_BY_SIDE
MAX_NUM_ORDERS             -2010  Filter failure: MAX_NUM_ORDERS
MAX_POSITION               -2010  Filter failure: MAX_POSITION
WOULD_TAKE                 -2010  Order would immediately match and take.
DUPLICATE_CLIENT_ORDER_ID  -2010  Duplicate order sent.
NO_LIQUIDITY               -2010  Order book liquidity is less than symbol minimum quantity.
QUOTE_QUANTITY_BELOW_LOT   -2010  Order book liquidity is less than LOT_SIZE filter
    minimum quantity.
UNKNOWN_ORDER              -2011  Unknown order sent.
CLIENT_ORDER_ID_MISMATCH   -2039  Client order ID is not correct for this order ID.
CANCEL_RESTRICTED          -2011  Order was not canceled due to cancel restrictions.
AMEND_INCREASES_QUANTITY   -2038  Order amend (quantity increase) is not supported.
AMEND_CHANGES_NOTHING      -2038  The requested action would change no state; rejecting.
ORDER_TYPE_NOT_ALLOWED     -1013  This order type is not supported for this symbol.
ICEBERG_NOT_ALLOWED        -1013  Iceberg orders are not supported for this symbol.
TRAILING_STOP_NOT_ALLOWED  -1013  Trailing stop orders are not supported for this symbol.
PEG_NOT_ALLOWED            -1013  Pegged orders are not supported for this symbol.
OCO_NOT_ALLOWED            -1013  OCO orders are not supported for this symbol
OTO_NOT_ALLOWED            -1013  OTO orders are not supported for this symbol.
OPO_NOT_ALLOWED            -1013  OPO orders are not supported for this symbol.
CANCEL_REPLACE_NOT_ALLOWED -1013  Order cancel-replace is not supported for this symbol.
AMEND_NOT_ALLOWED          -2038  Order amend is not supported for this symbol.
QUOTE_QUANTITY_NOT_ALLOWED -1013  Quote order qty market orders are not support for this symbol.
WOULD_TRIGGER              -2010  Order would trigger immediately.
ICEBERG_QUANTITY           -1013  IcebergQty exceeds QTY.
PEG_ORDER_TYPE             -1013  This order type may not use pegged price.
PEG_PRICE_TYPE             -1013  This price peg cannot be used with this order type.
PEG_LIQUIDITY              -2010  Order book liquidity is too low for this pegged order.
NO_TRAILING_REFERENCE      -2010  There is no last price to trail from.
GOOD_TILL_TIME_PASSED      -1013  The time in goodTillDate has passed.
PERCENT_PRICE              -1013  Filter failure: PERCENT_PRICE
ICEBERG_PARTS              -1013  Filter failure: ICEBERG_PARTS
TRAILING_DELTA             -1013  Filter failure: TRAILING_DELTA
MAX_NUM_ALGO_ORDERS        -2010  Filter failure: MAX_NUM_ALGO_ORDERS
MAX_NUM_ICEBERG_ORDERS     -2010  Filter failure: MAX_NUM_ICEBERG_ORDERS
MAX_NUM_ORDER_LISTS        -2010  Filter failure: MAX_NUM_ORDER_LISTS
MAX_NUM_ORDER_AMENDS       -2038  Filter failure: MAX_NUM_ORDER_AMENDS
EXCHANGE_MAX_NUM_ORDERS    -2010  Filter failure: EXCHANGE_MAX_NUM_ORDERS
EXCHANGE_MAX_NUM_ALGO_ORDERS -2010  Filter failure: EXCHANGE_MAX_NUM_ALGO_ORDERS
EXCHANGE_MAX_NUM_ICEBERG_ORDERS -2010  Filter failure: EXCHANGE_MAX_NUM_ICEBERG_ORDERS
EXCHANGE_MAX_NUM_ORDER_LISTS -2010  Filter failure: EXCHANGE_MAX_NUM_ORDER_LISTS
MAX_ASSET                  -1013  Filter failure: MAX_ASSET
LIST_PRICES                -2010  The relationship of the prices for the orders is not correct.
LIST_LEGS                  -1014  Unsupported order combination.
UNKNOWN_ORDER_LIST         -2011  Unknown order sent.
DUPLICATE_LIST_CLIENT_ORDER_ID -2010  Duplicate order sent.
AMEND_PENDING_OPO          -2038  Order amend (pending OPO order) is not supported.
"""
CANCELS = """
MARKET_CLOSED              -2011  Market is closed.
UNKNOWN_ACCOUNT            -2011  This account may not place or cancel orders.
"""


def read(table: str) -> dict[Rejection, WireError]:
    """A line that is indented goes on with the one before it."""
    lines = table.replace("\n    ", " ").strip().splitlines()
    rows = [line.split(maxsplit=2) for line in lines]
    return {Rejection[name]: WireError(int(code), text) for name, code, text in rows}


def test_every_rejection_has_its_words() -> None:
    assert read(TABLE) == WIRE_ERRORS
    assert set(WIRE_ERRORS) == set(Rejection)
    assert {**WIRE_ERRORS, **read(CANCELS)} == CANCEL_ERRORS
    assert {error.code for error in AMEND_ERRORS.values()} == {
        *(-1000, -1006, -1014, -1108, -1121, -2038, -2039),
    }


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.INVALID_SYMBOL, 400),
        (errors.REJECTED_API_KEY, 401),
        (errors.BAD_API_KEY_FORMAT, 401),
        (errors.TOO_MANY_ORDERS, 429),
        (errors.TOO_MUCH_WEIGHT, 429),
        (errors.SERVER_BUSY, 503),
        (errors.TIMEOUT, 504),
        (errors.UNEXPECTED_RESPONSE, 502),
        (errors.TIMESTAMP_TOO_OLD, 400),
        (errors.BAD_SIGNATURE, 400),
        (errors.NO_SUCH_ORDER, 400),
    ],
)
def test_statuses(error: WireError, status: int) -> None:
    assert Refused(error).status == status


def test_texts_are_filled_in() -> None:
    refused = Refused(errors.TOO_MANY_ORDERS, 50, "10 SECOND")
    assert refused.body == {
        "code": -1015,
        "msg": "Too many new orders; current limit is 50 orders per 10 SECOND.",
    }
