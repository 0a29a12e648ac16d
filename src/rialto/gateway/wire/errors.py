"""Errors as Binance writes them: {"code", "msg"}, and the exception that carries one to the client.

Source: Binance's public error reference; the code is fixed, the text is filled in.
"""

from typing import NamedTuple


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
        data: object = None,
    ) -> None:
        self.code = error.code
        self.message = error.text % values if values else error.text
        self.data = data  # what was done all the same
        self._status = status
        self.retry_after_seconds = retry_after_seconds
        super().__init__(self.code, self.message)

    @property
    def status(self) -> int:
        """The HTTP status, which the WebSocket API repeats; nearly always the code's."""
        return self._status or HTTP_STATUSES.get(self.code, 400)

    @property
    def body(self) -> dict[str, object]:
        if self.data is None:
            return {"code": self.code, "msg": self.message}
        return {"code": self.code, "msg": self.message, "data": self.data}


UNKNOWN = WireError(-1000, "An unknown error occurred while processing the request.")
DISCONNECTED = WireError(-1001, "Internal error; unable to process your request. Please try again.")
TOO_MUCH_WEIGHT = WireError(
    -1003,
    "Too much request weight used; current limit is %s request weight per %s. "
    "Please use WebSocket Streams for live updates to avoid polling the API.",
)
TOO_MANY_RAW_REQUESTS = WireError(
    -1003,
    "Too many requests; current limit is %s requests per %s. "
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
ED25519_ONLY = WireError(-1020, "Only Ed25519 keys are supported for this feature.")
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
UNKNOWN_PARAMETER = WireError(-1103, "An unknown parameter was sent.")
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
ALL_OR_NONE = WireError(-1128, "Fields [%s] must be sent together or omitted entirely.")
INVALID_PARAMETER = WireError(-1130, "Data sent for parameter '%s' is not valid.")
BAD_STRATEGY_TYPE = WireError(-1134, "strategyType was less than 1000000.")
INVALID_JSON_REQUEST = WireError(-1135, "Invalid JSON Request")
INVALID_JSON = WireError(-1135, "JSON sent for parameter '%s' is not valid")
INVALID_TICKER_TYPE = WireError(-1139, "Invalid ticker type.")
INVALID_CANCEL_RESTRICTIONS = WireError(-1145, "Invalid cancelRestrictions")
DUPLICATE_SYMBOLS = WireError(-1151, "Symbol is present multiple times in the list.")
SBE_DISABLED = WireError(-1155, "SBE is not enabled.")
INVALID_PEG_PRICE_TYPE = WireError(-1210, "Invalid pegPriceType.")
INVALID_PEG_OFFSET_TYPE = WireError(-1211, "Invalid pegOffsetType.")
OCO_TYPE_NOT_SUPPORTED = WireError(-1158, "Order type not supported in OCO.")
OCO_ICEBERG_TIME_IN_FORCE = WireError(
    -1160,
    "Parameter '%s' is not supported if aboveTimeInForce/belowTimeInForce is not GTC.",
)
OCO_BUY_LIMIT_ABOVE = WireError(-1165, "A limit order in a buy OCO must be below.")
OCO_SELL_LIMIT_BELOW = WireError(-1166, "A limit order in a sell OCO must be above.")
OCO_TWO_LIMITS = WireError(-1168, "At least one OCO order must be contingent.")
OCO_BUY_STOP_BELOW = WireError(-1196, "A stop loss order in a buy OCO must be above.")
OCO_SELL_STOP_ABOVE = WireError(-1197, "A stop loss order in a sell OCO must be below.")
OCO_BUY_PROFIT_ABOVE = WireError(-1198, "A take profit order in a buy OCO must be below.")
OCO_SELL_PROFIT_BELOW = WireError(-1199, "A take profit order in a sell OCO must be above.")
OPO_WORKING_SELLS = WireError(-1222, "Working order in an OPO list must be a bid.")
OPO_PENDING_BUYS = WireError(-1223, "Pending orders in an OPO list must be asks.")
OPO_PENDING_QUANTITY = WireError(-1225, "Pending orders should not include the '%s' tag.")
INVALID_TIME_UNIT = WireError(
    -1194, "Invalid value for time unit; expected either MICROSECOND or MILLISECOND."
)
STATUS_DOES_NOT_MATCH = WireError(
    -1220, "The symbol's status does not match the requested symbolStatus."
)
REPLACED_IN_PART = WireError(-2021, "Order cancel-replace partially failed.")
NOT_REPLACED = WireError(-2022, "Order cancel-replace failed.")
NO_SUCH_ORDER_LIST = WireError(-2018, "Order list does not exist.")
NO_SUCH_ORDER = WireError(-2013, "Order does not exist.")
BAD_API_KEY_FORMAT = WireError(-2014, "API-key format invalid.")
REJECTED_API_KEY = WireError(-2015, "Invalid API-key, IP, or permissions for action.")
ORDER_ARCHIVED = WireError(
    -2026,
    "Order was canceled or expired with no executed qty over 90 days ago and has been archived.",
)
SUBSCRIPTION_ACTIVE = WireError(-2035, "User Data Stream subscription already active.")
SUBSCRIPTION_NOT_ACTIVE = WireError(-2036, "User Data Stream subscription not active.")
NO_REFERENCE_PRICE = WireError(-2043, "This symbol doesn't have a reference price.")
CLIENT_ORDER_ID_INVALID = WireError(-2039, "Client order ID is not correct for this order ID.")
TOO_MANY_SUBSCRIPTIONS = WireError(
    -2042, "Too many active subscriptions on this connection; current limit is '%s'."
)
TOO_MANY_ACCOUNTS = WireError(-2042, "Too many accounts on this connection; current limit is '%s'.")
NO_SUBSCRIPTION_ID_LEFT = WireError(-2042, "Maximum subscription ID reached for this connection.")

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

# Nobody can say whether such a request did something.
OUTCOME_UNKNOWN = frozenset((TIMEOUT.code, UNEXPECTED_RESPONSE.code))


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


# The limits of API keys are an extension; Binance has no words for them.
KEY_SYMBOL = order_rejected("This symbol is not permitted for this API key.")
KEY_NOTIONAL = order_rejected("Order value exceeds the limit of this API key, which is %s %s.")
