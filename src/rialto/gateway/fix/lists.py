"""Order lists as FIX asks for them: orders with instructions, and which list of REST they make.

In:  NewOrderList<E>.
Out: the last part of the path under orderList, the parameters, and the ids that the client chose.
     A list that REST has no name for is a Mistake.
"""

from rialto.gateway.fix import orders
from rialto.gateway.fix.bodies import Body, Layout, Mistake
from rialto.gateway.wire.errors import INVALID_PARAMETER
from rialto.gateway.wire.fix_errors import BAD_COMPONENT

QUANTITY, STP = 38, 25001
LIST_ID, CONTINGENCY, OPO, ORDERS, INSTRUCTIONS = 25014, 1385, 25046, 73, 25010
RELEASE, CANCEL = "1", "2"
ACTIVATED, PARTIALLY_FILLED, FILLED = "1", "2", "3"
_INSTRUCTION = Layout(frozenset((25011, 25012, 25013)), first=25011)
_ORDER = Layout(orders.ORDER_TAGS, {INSTRUCTIONS: _INSTRUCTION}, first=orders.CL_ORD_ID)
NEW_LIST = Layout(frozenset((LIST_ID, CONTINGENCY, OPO)), {ORDERS: _ORDER})
OF_THE_LIST = ("side", "quantity", "selfTradePreventionMode")


def new_list(body: Body) -> tuple[str, dict[str, str], list[str]]:
    legs = body.entries(ORDERS)
    for leg in legs:
        if leg.need(orders.SYMBOL) != legs[0].need(orders.SYMBOL):
            raise Mistake(BAD_COMPONENT, "Symbol(55)", tag=orders.SYMBOL)
    list_id = body.need(LIST_ID)
    kind, is_opo = body.need(CONTINGENCY), _flag(body, OPO)
    match kind, len(legs):
        case "1", 2 if not is_opo:
            path, texts = "oco", _oco(legs)
        case "2", 2:
            path, texts = "opo" if is_opo else "oto", _oto(legs)
        case "2", 3:
            path, texts = "opoco" if is_opo else "otoco", _otoco(legs)
        case _:
            raise Mistake(BAD_COMPONENT, "ContingencyType(1385)", tag=CONTINGENCY)
    texts |= {"symbol": legs[0].need(orders.SYMBOL), "listClientOrderId": list_id}
    if modes := {leg.need(STP) for leg in legs if leg.get(STP) is not None}:
        if len(modes) > 1:
            raise Mistake(BAD_COMPONENT, "SelfTradePreventionMode(25001)", tag=STP)
        texts["selfTradePreventionMode"] = orders.word(orders.STP_MODES, modes.pop(), STP)
    texts["newOrderRespType"] = "ACK"
    return path, texts, [list_id, *(leg.need(orders.CL_ORD_ID) for leg in legs)]


def _oco(legs: list[Body]) -> dict[str, str]:
    below, above = legs
    _check_pair(below, above, first=0, releases=False)
    shared = _shared(below, above)
    return shared | _leg(below, "below") | _leg(above, "above")


def _oto(legs: list[Body]) -> dict[str, str]:
    working, pending = legs
    _check_instructions(working, set())
    _check_instructions(pending, {(FILLED, "0", RELEASE)})
    return _working(working) | _shared(pending, prefix="pending") | _leg(pending, "pending")


def _otoco(legs: list[Body]) -> dict[str, str]:
    working, below, above = legs
    _check_instructions(working, set())
    _check_pair(below, above, first=1, releases=True)
    shared = _shared(below, above, prefix="pending")
    return _working(working) | shared | _leg(below, "pendingBelow") | _leg(above, "pendingAbove")


def _working(order: Body) -> dict[str, str]:
    return _shared(order, prefix="working") | _leg(order, "working")


def _shared(*legs: Body, prefix: str = "") -> dict[str, str]:
    """Side and quantity, which the orders have in common."""
    first = legs[0]
    for leg in legs[1:]:
        for tag in (orders.SIDE, QUANTITY):
            if leg.get(tag) != first.get(tag):
                raise Mistake(BAD_COMPONENT, tag, tag=tag)
    texts = {"side": orders.word(orders.SIDES, first.need(orders.SIDE), orders.SIDE)}
    if (quantity := first.get(QUANTITY)) is not None:
        texts["quantity"] = quantity
    return {_named(prefix, name): text for name, text in texts.items()}


def _leg(order: Body, prefix: str) -> dict[str, str]:
    """What one order has for itself."""
    texts = {"type": orders.order_type(order), "clientOrderId": order.need(orders.CL_ORD_ID)}
    texts |= {name: text for name, text in orders.terms(order).items() if name not in OF_THE_LIST}
    return {_named(prefix, name): text for name, text in texts.items()}


def _named(prefix: str, name: str) -> str:
    return f"{prefix}{name[0].upper()}{name[1:]}" if prefix else name


def _check_pair(below: Body, above: Body, *, first: int, releases: bool) -> None:
    """Each of the two cancels itself when something happens to the other one; first: the index of
    the lower one.
    """
    released = {(FILLED, "0", RELEASE)} if releases else set[tuple[str, str, str]]()
    for leg, other, index in ((below, above, first + 1), (above, below, first)):
        waits = other.need(orders.ORD_TYPE) in ("3", "4")
        event = ACTIVATED if waits else PARTIALLY_FILLED
        _check_instructions(leg, released | {(event, str(index), CANCEL)})


def _check_instructions(order: Body, expected: set[tuple[str, str, str]]) -> None:
    given = order.entries(INSTRUCTIONS)
    found = {(each.need(25011), each.need(25012), each.need(25013)) for each in given}
    if found != expected or len(given) != len(found):
        raise Mistake(BAD_COMPONENT, "ListTriggeringInstructions(25010)", tag=INSTRUCTIONS)


def _flag(body: Body, tag: int) -> bool:
    value = body.get(tag)
    if value not in (None, "Y", "N"):
        raise Mistake(INVALID_PARAMETER, tag, tag=tag)
    return value == "Y"
