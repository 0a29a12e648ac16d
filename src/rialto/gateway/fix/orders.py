"""Orders as FIX asks for them, and the same orders in the words of REST.

In:  the tags of one order.
Out: the texts of the parameters that an endpoint reads; Mistake where a tag says nothing that
     could be one of them. What they may be is the endpoint's business.
"""

from collections.abc import Mapping

from rialto.gateway.fix.bodies import Body, Layout, Mistake
from rialto.gateway.wire.errors import INVALID_PARAMETER, UNSUPPORTED_OPERATION
from rialto.gateway.wire.fix_errors import BAD_COMPONENT

CL_ORD_ID, ORD_TYPE, SIDE, SYMBOL, EXEC_INST = 11, 40, 54, 55, 18
TRIGGER_TYPE, TRIGGER_ACTION, TRIGGER_PRICE = 1100, 1101, 1102
TRIGGER_PRICE_TYPE, TRIGGER_DIRECTION, TRAILING = 1107, 1109, 25009
PEG_OFFSET, PEG_PRICE_TYPE, PEG_MOVE_TYPE, PEG_OFFSET_TYPE = 211, 1094, 835, 836
SOR = 25032
POST_ONLY = "6"

SIDES = {"1": "BUY", "2": "SELL"}
TIMES_IN_FORCE = {"1": "GTC", "3": "IOC", "4": "FOK"}
STP_MODES = {
    "1": "NONE",
    "2": "EXPIRE_TAKER",
    "3": "EXPIRE_MAKER",
    "4": "EXPIRE_BOTH",
    "5": "DECREMENT",
    "6": "TRANSFER",
}
PEG_PRICE_TYPES = {"4": "MARKET_PEG", "5": "PRIMARY_PEG"}
PEG_OFFSET_TYPES = {"3": "PRICE_LEVEL"}
DIRECTIONS = ("U", "D")

# Tags whose values are words of a closed set, and tags that are passed on as they are.
_WORDS: dict[int, tuple[str, Mapping[str, str]]] = {
    SIDE: ("side", SIDES),
    59: ("timeInForce", TIMES_IN_FORCE),
    25001: ("selfTradePreventionMode", STP_MODES),
    PEG_PRICE_TYPE: ("pegPriceType", PEG_PRICE_TYPES),
    PEG_OFFSET_TYPE: ("pegOffsetType", PEG_OFFSET_TYPES),
}
_PLAIN = {
    38: "quantity",
    44: "price",
    152: "quoteOrderQty",
    111: "icebergQty",
    847: "strategyType",
    7940: "strategyId",
    TRIGGER_PRICE: "stopPrice",
    TRAILING: "trailingDelta",
    PEG_OFFSET: "pegOffsetValue",
}
# Tags with one value, which says nothing that the others do not.
_FIXED = {TRIGGER_TYPE: "4", TRIGGER_ACTION: "1", TRIGGER_PRICE_TYPE: "2", PEG_MOVE_TYPE: "1"}

ORDER_TAGS = frozenset(
    (CL_ORD_ID, ORD_TYPE, EXEC_INST, SYMBOL, TRIGGER_DIRECTION, SOR, *_WORDS, *_PLAIN, *_FIXED)
)
NEW_ORDER = Layout(ORDER_TAGS)
ECHOED = (38, 40, 54, 55, 18, 44, 59, 111, 152, 847, 7940, 25001)  # by a refusal


def new_order(body: Body) -> dict[str, str]:
    """The parameters of POST order."""
    if body.get(SOR) not in (None, "N"):
        raise Mistake(UNSUPPORTED_OPERATION, tag=SOR)
    return {
        "symbol": body.need(SYMBOL),
        "newClientOrderId": body.need(CL_ORD_ID),
        "type": order_type(body),
        **terms(body),
    }


def terms(body: Body) -> dict[str, str]:
    """Of an order: all but symbol, ids and type."""
    body.need(SIDE)
    for tag, only in _FIXED.items():
        if body.get(tag) not in (None, only):
            raise Mistake(INVALID_PARAMETER, tag, tag=tag)
    texts = {}
    for tag, (name, words) in _WORDS.items():
        if (value := body.get(tag)) is not None:
            texts[name] = word(words, value, tag)
    for tag, name in _PLAIN.items():
        if (value := body.get(tag)) is not None:
            texts[name] = value
    return texts


def word(words: Mapping[str, str], value: str, tag: int) -> str:
    found = words.get(value)
    if found is None:
        raise Mistake(INVALID_PARAMETER, tag, tag=tag)
    return found


def order_type(body: Body) -> str:
    kind, is_post_only = body.need(ORD_TYPE), _is_post_only(body)
    if is_post_only and kind not in ("2", "P"):
        raise Mistake(BAD_COMPONENT, "ExecInst(18)", tag=EXEC_INST)
    match kind:
        case "1":
            return "MARKET"
        case "2":
            return "LIMIT_MAKER" if is_post_only else "LIMIT"
        case "P":
            body.need(PEG_PRICE_TYPE)
            return "LIMIT_MAKER" if is_post_only else "LIMIT"
        case "3":
            return _triggered(body)
        case "4":
            return f"{_triggered(body)}_LIMIT"
    raise Mistake(INVALID_PARAMETER, "OrdType(40)", tag=ORD_TYPE)


def _is_post_only(body: Body) -> bool:
    instruction = body.get(EXEC_INST)
    if instruction not in (None, POST_ONLY):
        raise Mistake(INVALID_PARAMETER, "ExecInst(18)", tag=EXEC_INST)
    return instruction is not None


def _triggered(body: Body) -> str:
    """A stop loss is triggered by a price that runs away, a take profit by one that comes."""
    direction = body.need(TRIGGER_DIRECTION)
    if direction not in DIRECTIONS:
        raise Mistake(INVALID_PARAMETER, "TriggerPriceDirection(1109)", tag=TRIGGER_DIRECTION)
    side = word(SIDES, body.need(SIDE), SIDE)
    return "STOP_LOSS" if (side == "BUY") == (direction == "U") else "TAKE_PROFIT"
