"""Errors as Binance writes them: {"code", "msg"}, and the one table that turns rejections into
them.

Source: Binance's public error reference; the code is fixed, the text is filled in.
"""

from typing import NamedTuple

from rialto.messages.rejections import Rejection


class WireError(NamedTuple):
    code: int
    text: str  # with %s where something is filled in


class Refused(Exception):
    """A request ends here. Raised anywhere in the gateway, rendered in one place by each
    transport.
    """

    def __init__(
        self,
        error: WireError,
        *values: object,
        status: int | None = None,
        retry_after_seconds: int | None = None,
    ) -> None:
        self.code = error.code
        self.message = error.text % values if values else error.text
        self._status = status
        self.retry_after_seconds = retry_after_seconds
        super().__init__(self.code, self.message)

    @property
    def status(self) -> int:
        """The HTTP status, which the WebSocket API repeats; nearly always the code's."""
        return self._status or HTTP_STATUSES.get(self.code, 400)

    @property
    def body(self) -> dict[str, object]:
        return {"code": self.code, "msg": self.message}


UNKNOWN = WireError(-1000, "An unknown error occurred while processing the request.")
DISCONNECTED = WireError(-1001, "Internal error; unable to process your request. Please try again.")
TOO_MUCH_WEIGHT = WireError(
    -1003,
    "Too much request weight used; current limit is %s request weight per %s. "
    "Please use WebSocket Streams for live updates to avoid polling the API.",
)
BANNED = WireError(
    -1003,
    "Way too much request weight used; IP banned until %s. "
    "Please use WebSocket Streams for live updates to avoid bans.",
)
TOO_MANY_REQUESTS = WireError(-1003, "Too many requests queued.")
UNEXPECTED_RESPONSE = WireError(
    -1006,
    "An unexpected response was received from the message bus. Execution status unknown.",
)
TIMEOUT = WireError(
    -1007,
    "Timeout waiting for response from backend server. "
    "Send status unknown; execution status unknown.",
)
SERVER_BUSY = WireError(
    -1008,
    "Server is currently overloaded with other requests. Please try again in a few minutes.",
)
UNSUPPORTED_COMPOSITION = WireError(-1014, "Unsupported order combination.")
TOO_MANY_ORDERS = WireError(-1015, "Too many new orders; current limit is %s orders per %s.")
UNSUPPORTED_OPERATION = WireError(-1020, "This operation is not supported.")
TIMESTAMP_TOO_OLD = WireError(-1021, "Timestamp for this request is outside of the recvWindow.")
TIMESTAMP_AHEAD = WireError(
    -1021, "Timestamp for this request was 1000ms ahead of the server's time."
)
BAD_SIGNATURE = WireError(-1022, "Signature for this request is not valid.")
TOO_MANY_CONNECTIONS = WireError(
    -1034, "Too many connection attempts from IP; current limit is '%s' per '%s'."
)
ILLEGAL_CHARACTERS = WireError(
    -1100, "Illegal characters found in parameter '%s'; legal range is '%s'."
)
TOO_MANY_PARAMETERS = WireError(-1101, "Too many parameters; expected '%s' and received '%s'.")
DUPLICATE_PARAMETER = WireError(-1101, "Duplicate values for a parameter detected.")
TOO_MANY_VALUES = WireError(
    -1101, "Too many values sent for parameter '%s', maximum allowed up to %s."
)
MANDATORY_PARAMETER = WireError(
    -1102, "Mandatory parameter '%s' was not sent, was empty/null, or malformed."
)
EITHER_PARAMETER = WireError(-1102, "Param '%s' or '%s' must be sent, but both were empty/null!")
GREATER_THAN_ALLOWED = WireError(
    -1102, "'%s' contains unexpected value. Cannot be greater than %s."
)
UNREAD_PARAMETERS = WireError(
    -1104, "Not all sent parameters were read; read '%s' parameter(s) but was sent '%s'."
)
EMPTY_PARAMETER = WireError(-1105, "Parameter '%s' was empty.")
NOT_REQUIRED = WireError(-1106, "Parameter '%s' sent when not required.")
OVERFLOWED = WireError(-1108, "Parameter '%s' overflowed.")
TOO_PRECISE = WireError(-1111, "Parameter '%s' has too much precision.")
INVALID_TIME_IN_FORCE = WireError(-1115, "Invalid timeInForce.")
INVALID_ORDER_TYPE = WireError(-1116, "Invalid orderType.")
INVALID_SIDE = WireError(-1117, "Invalid side.")
INVALID_INTERVAL = WireError(-1120, "Invalid interval.")
INVALID_SYMBOL = WireError(-1121, "Invalid symbol.")
INVALID_SYMBOL_STATUS = WireError(-1122, "Invalid symbolStatus.")
INVALID_LISTEN_KEY = WireError(-1125, "This listenKey does not exist.")
TOO_MANY_HOURS = WireError(-1127, "More than %s hours between startTime and endTime.")
BAD_COMBINATION = WireError(-1128, "Combination of optional parameters invalid.")
INVALID_PARAMETER = WireError(-1130, "Data sent for parameter '%s' is not valid.")
INVALID_JSON = WireError(-1135, "JSON sent for parameter '%s' is not valid")
INVALID_TICKER_TYPE = WireError(-1139, "Invalid ticker type.")
INVALID_CANCEL_RESTRICTIONS = WireError(-1145, "Invalid cancelRestrictions")
DUPLICATE_SYMBOLS = WireError(-1151, "Symbol is present multiple times in the list.")
INVALID_TIME_UNIT = WireError(
    -1194, "Invalid value for time unit; expected either MICROSECOND or MILLISECOND."
)
STATUS_DOES_NOT_MATCH = WireError(
    -1220, "The symbol's status does not match the requested symbolStatus."
)
NO_SUCH_ORDER = WireError(-2013, "Order does not exist.")
BAD_API_KEY_FORMAT = WireError(-2014, "API-key format invalid.")
REJECTED_API_KEY = WireError(-2015, "Invalid API-key, IP, or permissions for action.")
ORDER_ARCHIVED = WireError(
    -2026,
    "Order was canceled or expired with no executed qty over 90 days ago and has been archived.",
)
CLIENT_ORDER_ID_INVALID = WireError(-2039, "Client order ID is not correct for this order ID.")

# 5xx only where the outcome is unknown or the server is busy, 4xx wherever the client can mend it.
HTTP_STATUSES = {
    -1000: 500,
    -1001: 503,
    -1003: 429,
    -1006: 502,
    -1007: 504,
    -1008: 503,
    -1015: 429,
    -1034: 429,
    -2014: 401,
    -2015: 401,
}


def invalid(text: str) -> WireError:
    """Refused before it reached the machine, or by a filter that could have been checked there."""
    return WireError(-1013, text)


def filter_failure(name: str) -> WireError:
    return invalid(f"Filter failure: {name}")


def order_rejected(text: str) -> WireError:
    """The machine refused a new order."""
    return WireError(-2010, text)


def cancel_rejected(text: str) -> WireError:
    return WireError(-2011, text)


def amend_rejected(text: str) -> WireError:
    return WireError(-2038, text)


INSUFFICIENT_BALANCE = order_rejected("Account has insufficient balance for requested action.")
UNKNOWN_ORDER_SENT = cancel_rejected("Unknown order sent.")
NOT_PERMITTED = order_rejected("This account may not place or cancel orders.")
STP_MODE_NOT_ALLOWED = invalid(
    "This symbol does not allow the specified self-trade prevention mode."
)

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
}

# A refused cancel says -2011 where a refused order says -2010.
CANCEL_ERRORS: dict[Rejection, WireError] = {
    **WIRE_ERRORS,
    Rejection.MARKET_CLOSED: cancel_rejected("Market is closed."),
    Rejection.UNKNOWN_ACCOUNT: cancel_rejected("This account may not place or cancel orders."),
}
