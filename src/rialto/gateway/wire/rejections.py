"""The tables that turn every rejection of the machine into Binance's words."""

from rialto.gateway.wire.errors import (
    CLIENT_ORDER_ID_INVALID,
    INVALID_SYMBOL,
    UNEXPECTED_RESPONSE,
    UNKNOWN,
    UNSUPPORTED_COMPOSITION,
    WireError,
    amend_rejected,
    cancel_rejected,
    filter_failure,
    invalid,
    order_rejected,
)
from rialto.messages.rejections import Rejection

INSUFFICIENT_BALANCE = order_rejected("Account has insufficient balance for requested action.")
UNKNOWN_ORDER_SENT = cancel_rejected("Unknown order sent.")
NOT_PERMITTED = order_rejected("This account may not place or cancel orders.")
STP_MODE_NOT_ALLOWED = invalid(
    "This symbol does not allow the specified self-trade prevention mode."
)

PEG_ORDER_TYPE = invalid("This order type may not use pegged price.")


def _not_supported(what: str) -> WireError:
    return invalid(f"{what} not supported for this symbol.")


# Every rejection of the machine, as Binance says it. Those that no endpoint can cause read as an
# unknown error.
WIRE_ERRORS: dict[Rejection, WireError] = {
    Rejection.MALFORMED: UNKNOWN,
    Rejection.DUPLICATE_COMMAND: UNEXPECTED_RESPONSE,
    Rejection.UNKNOWN_ACCOUNT: NOT_PERMITTED,
    Rejection.UNKNOWN_ASSET: UNKNOWN,
    Rejection.UNKNOWN_INSTRUMENT: INVALID_SYMBOL,
    Rejection.ALREADY_EXISTS: UNKNOWN,
    Rejection.INVALID_DEFINITION: UNKNOWN,
    Rejection.LIMIT_REACHED: order_rejected("This action is disabled on this account."),
    Rejection.AMOUNT_OUT_OF_RANGE: WireError(-1108, "Parameter 'quoteOrderQty' overflowed."),
    Rejection.INSUFFICIENT_BALANCE: INSUFFICIENT_BALANCE,
    Rejection.UNKNOWN_WITHDRAWAL: UNKNOWN,
    Rejection.MARKET_CLOSED: order_rejected("Market is closed."),
    Rejection.UNSUPPORTED_COMBINATION: UNSUPPORTED_COMPOSITION,
    Rejection.STP_MODE_NOT_ALLOWED: STP_MODE_NOT_ALLOWED,
    Rejection.PRICE_FILTER: filter_failure("PRICE_FILTER"),
    Rejection.LOT_SIZE: filter_failure("LOT_SIZE"),
    Rejection.MARKET_LOT_SIZE: filter_failure("MARKET_LOT_SIZE"),
    Rejection.MIN_NOTIONAL: filter_failure("MIN_NOTIONAL"),
    Rejection.NOTIONAL: filter_failure("NOTIONAL"),
    Rejection.PERCENT_PRICE_BY_SIDE: filter_failure("PERCENT_PRICE_BY_SIDE"),
    Rejection.MAX_NUM_ORDERS: order_rejected("Filter failure: MAX_NUM_ORDERS"),
    Rejection.MAX_POSITION: order_rejected("Filter failure: MAX_POSITION"),
    Rejection.WOULD_TAKE: order_rejected("Order would immediately match and take."),
    Rejection.DUPLICATE_CLIENT_ORDER_ID: order_rejected("Duplicate order sent."),
    Rejection.NO_LIQUIDITY: order_rejected(
        "Order book liquidity is less than symbol minimum quantity."
    ),
    Rejection.QUOTE_QUANTITY_BELOW_LOT: order_rejected(
        "Order book liquidity is less than LOT_SIZE filter minimum quantity."
    ),
    Rejection.UNKNOWN_ORDER: UNKNOWN_ORDER_SENT,
    Rejection.CLIENT_ORDER_ID_MISMATCH: CLIENT_ORDER_ID_INVALID,
    Rejection.CANCEL_RESTRICTED: cancel_rejected(
        "Order was not canceled due to cancel restrictions."
    ),
    Rejection.AMEND_INCREASES_QUANTITY: amend_rejected(
        "Order amend (quantity increase) is not supported."
    ),
    Rejection.AMEND_CHANGES_NOTHING: amend_rejected(
        "The requested action would change no state; rejecting."
    ),
    # The edge names the type before this can happen.
    Rejection.ORDER_TYPE_NOT_ALLOWED: invalid("This order type is not supported for this symbol."),
    Rejection.ICEBERG_NOT_ALLOWED: _not_supported("Iceberg orders are"),
    Rejection.TRAILING_STOP_NOT_ALLOWED: _not_supported("Trailing stop orders are"),
    Rejection.PEG_NOT_ALLOWED: _not_supported("Pegged orders are"),
    Rejection.OCO_NOT_ALLOWED: invalid("OCO orders are not supported for this symbol"),
    Rejection.OTO_NOT_ALLOWED: _not_supported("OTO orders are"),
    Rejection.OPO_NOT_ALLOWED: _not_supported("OPO orders are"),
    Rejection.CANCEL_REPLACE_NOT_ALLOWED: _not_supported("Order cancel-replace is"),
    Rejection.AMEND_NOT_ALLOWED: amend_rejected("Order amend is not supported for this symbol."),
    Rejection.QUOTE_QUANTITY_NOT_ALLOWED: invalid(
        "Quote order qty market orders are not support for this symbol."
    ),
    Rejection.WOULD_TRIGGER: order_rejected("Order would trigger immediately."),
    Rejection.ICEBERG_QUANTITY: invalid("IcebergQty exceeds QTY."),
    Rejection.PEG_ORDER_TYPE: PEG_ORDER_TYPE,
    Rejection.PEG_PRICE_TYPE: invalid("This price peg cannot be used with this order type."),
    Rejection.PEG_LIQUIDITY: order_rejected(
        "Order book liquidity is too low for this pegged order."
    ),
    Rejection.NO_TRAILING_REFERENCE: order_rejected("There is no last price to trail from."),
    Rejection.GOOD_TILL_TIME_PASSED: invalid("The time in goodTillDate has passed."),
    Rejection.PERCENT_PRICE: filter_failure("PERCENT_PRICE"),
    Rejection.ICEBERG_PARTS: filter_failure("ICEBERG_PARTS"),
    Rejection.TRAILING_DELTA: filter_failure("TRAILING_DELTA"),
    **{
        rejection: order_rejected(f"Filter failure: {rejection.name}")
        for rejection in (
            Rejection.MAX_NUM_ALGO_ORDERS,
            Rejection.MAX_NUM_ICEBERG_ORDERS,
            Rejection.MAX_NUM_ORDER_LISTS,
            Rejection.EXCHANGE_MAX_NUM_ORDERS,
            Rejection.EXCHANGE_MAX_NUM_ALGO_ORDERS,
            Rejection.EXCHANGE_MAX_NUM_ICEBERG_ORDERS,
            Rejection.EXCHANGE_MAX_NUM_ORDER_LISTS,
        )
    },
    Rejection.MAX_NUM_ORDER_AMENDS: amend_rejected("Filter failure: MAX_NUM_ORDER_AMENDS"),
    Rejection.MAX_ASSET: filter_failure("MAX_ASSET"),
    Rejection.LIST_PRICES: order_rejected(
        "The relationship of the prices for the orders is not correct."
    ),
    Rejection.LIST_LEGS: UNSUPPORTED_COMPOSITION,
    Rejection.UNKNOWN_ORDER_LIST: UNKNOWN_ORDER_SENT,
    Rejection.DUPLICATE_LIST_CLIENT_ORDER_ID: order_rejected("Duplicate order sent."),
    Rejection.AMEND_PENDING_OPO: amend_rejected(
        "Order amend (pending OPO order) is not supported."
    ),
}

# A refused cancel says -2011 where a refused order says -2010.
CANCEL_ERRORS: dict[Rejection, WireError] = {
    **WIRE_ERRORS,
    Rejection.MARKET_CLOSED: cancel_rejected("Market is closed."),
    Rejection.UNKNOWN_ACCOUNT: cancel_rejected("This account may not place or cancel orders."),
}

# And whatever refuses an amend says -2038.
AMEND_ERRORS: dict[Rejection, WireError] = {
    rejection: amend_rejected(error.text) if error.code in (-1013, -2010, -2011) else error
    for rejection, error in WIRE_ERRORS.items()
}
