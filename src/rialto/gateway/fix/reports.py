"""What the user stream tells, in tags: ExecutionReport<8> and ListStatus<N>.

In:  an event of the user stream, read from its JSON, with times in microseconds.
Out: the fields of a message, without its header.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rialto.gateway.fix import orders, times
from rialto.gateway.wire.execution_reports import REJECT_REASONS
from rialto.gateway.wire.rejections import WIRE_ERRORS
from rialto.messages.rejections import Rejection

Fields = list[tuple[int, object]]
Event = Mapping[str, Any]

EXECUTION_TYPES = {
    "NEW": "0",
    "CANCELED": "4",
    "REPLACED": "5",
    "REJECTED": "8",
    "TRADE": "F",
    "EXPIRED": "C",
    "TRADE_PREVENTION": "C",
}
STATUSES = {
    "NEW": "0",
    "PARTIALLY_FILLED": "1",
    "FILLED": "2",
    "CANCELED": "4",
    "PENDING_CANCEL": "6",
    "REJECTED": "8",
    "PENDING_NEW": "A",
    "EXPIRED": "C",
    "EXPIRED_IN_MATCH": "C",
}
_DONE = frozenset(("2", "4", "8", "C"))
_TYPES = {
    "MARKET": "1",
    "LIMIT": "2",
    "LIMIT_MAKER": "2",
    "STOP_LOSS": "3",
    "TAKE_PROFIT": "3",
    "STOP_LOSS_LIMIT": "4",
    "TAKE_PROFIT_LIMIT": "4",
}
_SIDES = {name: tag for tag, name in orders.SIDES.items()}
_TIMES_IN_FORCE = {name: tag for tag, name in orders.TIMES_IN_FORCE.items()}
_STP_MODES = {name: tag for tag, name in orders.STP_MODES.items()}
_PEG_PRICE_TYPES = {name: tag for tag, name in orders.PEG_PRICE_TYPES.items()}
_REJECTED = {
    REJECT_REASONS.get(rejection, rejection.name): WIRE_ERRORS[rejection]
    for rejection in Rejection
    if rejection in WIRE_ERRORS
}
# Letters that are tags as they are, where they say something.
_PLAIN = {
    "j": 7940,
    "J": 847,
    "d": orders.TRAILING,
    "v": 25024,
    "pL": 25025,
    "pl": 25026,
    "u": 25027,
    "Cs": 25028,
    "U": 25029,
    "A": 25030,
    "B": 25031,
    "gOV": orders.PEG_OFFSET,
    "gp": 839,
    "eR": 25056,
}
_LIST_STEPS = {"EXEC_STARTED": ("4", "3"), "UPDATED": ("5", "3"), "ALL_DONE": ("5", "6")}
_CONTINGENCIES = {"OCO": "1", "OTO": "2"}
NOTHING = -1
EXCHANGE_FEE = 4


def execution_report(event: Event) -> Fields:
    kind = EXECUTION_TYPES[event["x"]]
    fields: Fields = [(17, event["I"]), (11, event["c"])]
    if event["C"]:
        fields.append((41, event["C"]))
    if event["i"] != NOTHING:
        fields.append((37, event["i"]))
    fields += _terms(event)
    fields += [(60, times.written(event["T"])), (25018, times.written(event["O"])), (150, kind)]
    fields += _progress(event)
    if kind == "F":
        fields += _fill(event)
    if kind == "8":
        error = _REJECTED.get(event["r"])
        fields += [] if error is None else [(25016, error.code), (58, error.text)]
    return fields


def _terms(event: Event) -> Fields:
    """What the client asked for."""
    kind = event["o"]
    is_pegged = "gP" in event
    shown = "P" if is_pegged and _TYPES[kind] == "2" else _TYPES[kind]
    fields: Fields = [
        (38, event["q"]),
        (orders.ORD_TYPE, shown),
        (orders.SIDE, _SIDES[event["S"]]),
        (orders.SYMBOL, event["s"]),
        (59, _TIMES_IN_FORCE[event["f"]]),
        (25001, _STP_MODES[event["V"]]),
    ]
    if kind == "LIMIT_MAKER":
        fields.append((orders.EXEC_INST, orders.POST_ONLY))
    for letter, tag in (("p", 44), ("F", 111), ("Q", 152)):
        if Decimal(event[letter]):
            fields.append((tag, event[letter]))
    if _TYPES[kind] in "34":
        fields += _trigger(event)
    if is_pegged:
        peg = _PEG_PRICE_TYPES[event["gP"]]
        fields += [(orders.PEG_PRICE_TYPE, peg), (orders.PEG_MOVE_TYPE, "1")]
        if "gOV" in event:
            fields.append((orders.PEG_OFFSET_TYPE, "3"))
    fields += [(tag, event[letter]) for letter, tag in _PLAIN.items() if letter in event]
    if event["g"] != NOTHING:
        fields.append((66, event["g"]))
    return fields


def _trigger(event: Event) -> Fields:
    is_loss, buys = event["o"].startswith("STOP_LOSS"), event["S"] == "BUY"
    fields: Fields = [
        (orders.TRIGGER_TYPE, "4"),
        (orders.TRIGGER_ACTION, "1"),
        (orders.TRIGGER_PRICE_TYPE, "2"),
        (orders.TRIGGER_DIRECTION, "U" if is_loss == buys else "D"),
    ]
    if Decimal(event["P"]):
        fields.append((orders.TRIGGER_PRICE, event["P"]))
    if event.get("D", NOTHING) != NOTHING:
        fields.append((25022, times.written(event["D"])))
    return fields


def _progress(event: Event) -> Fields:
    status = STATUSES[event["X"]]
    left = Decimal(event["q"]) - Decimal(event["z"]) - Decimal(event.get("A", "0"))
    is_over = status in _DONE or left < 0  # of a quote amount, nobody knows what is left
    fields: Fields = [
        (39, status),
        (14, event["z"]),
        (151, "0" if is_over else f"{left:f}"),
        (25017, event["Z"]),
        (636, "Y" if event["w"] else "N"),
    ]
    if "W" in event:
        fields.append((25023, times.written(event["W"])))
    return fields


def _fill(event: Event) -> Fields:
    fields: Fields = [
        (1057, "N" if event["m"] else "Y"),
        (1003, event["t"]),
        (31, event["L"]),
        (32, event["l"]),
    ]
    if event["N"] is not None:
        fields += [(136, 1), (137, event["n"]), (138, event["N"]), (139, EXCHANGE_FEE)]
    return fields


def list_status(event: Event) -> Fields:
    status_type, order_status = _LIST_STEPS[event["l"]]
    fields: Fields = [
        (66, event["g"]),
        (25015, event["C"]),
        (1385, _CONTINGENCIES[event["c"]]),
        (429, status_type),
        (431, order_status),
        (60, times.written(event["T"])),
        (orders.SYMBOL, event["s"]),
        (73, len(event["O"])),
    ]
    for leg in event["O"]:
        fields += [(11, leg["c"]), (37, leg["i"]), (orders.SYMBOL, leg["s"])]
    return fields
