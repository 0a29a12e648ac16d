"""What a client hears when an endpoint refused its request."""

from rialto.gateway.fix import orders
from rialto.gateway.fix.bodies import Body
from rialto.gateway.fix.reports import Fields
from rialto.gateway.wire.client_order_ids import made_up

REJECTED = "8"
CANCEL_REQUEST = 1  # CxlRejResponseTo(434)
OTHER_REASON = 99  # MassCancelRejectReason(532)
_NAMED = (37, 41, 25015, 66, 25002)


class Error:
    """A code and its words, as tags."""

    def __init__(self, code: int, text: str) -> None:
        self.fields: Fields = [(25016, code), (58, text)]


def of_order(body: Body, error: Error) -> Fields:
    """An ExecutionReport of an order that never was."""
    fields: Fields = [(17, made_up()), (11, body.need(orders.CL_ORD_ID))]
    fields += [(tag, body.need(tag)) for tag in orders.ECHOED if body.get(tag) is not None]
    fields += [(150, REJECTED), (39, REJECTED), (14, "0"), (151, "0"), (25017, "0")]
    return fields + error.fields


def of_cancel(body: Body, client_order_id: str, error: Error) -> Fields:
    fields: Fields = [(11, client_order_id)]
    fields += [(tag, body.need(tag)) for tag in _NAMED if body.get(tag) is not None]
    return [*fields, (55, body.need(55)), (434, CANCEL_REQUEST), *error.fields]


def of_mass_cancel(body: Body, error: Error) -> Fields:
    return [
        *((tag, body.need(tag)) for tag in (11, 55, 530)),
        (531, 0),
        (532, OTHER_REASON),
        *error.fields,
    ]


def of_amend(body: Body, error: Error) -> Fields:
    fields: Fields = [(tag, body.need(tag)) for tag in (11, 41, 37, 55, 38) if body.get(tag)]
    return fields + error.fields


def of_list(body: Body, error: Error) -> Fields:
    fields: Fields = [(25014, body.need(25014)), (429, 2), (431, 7), (1386, OTHER_REASON)]
    return fields + error.fields
