"""Client order ids: which a client may choose, and the one that is shown for an order that was
sent without.

An order without a client order id is not deduplicated and stores none; the edge shows `auto-` and
its order id,
and understands that wherever a client order id can be looked up. So nobody else may choose an id
of that form.
"""

import re

from rialto.gateway.wire.errors import ILLEGAL_CHARACTERS, Refused
from rialto.messages.ids import OrderId

LEGAL = r"^[a-zA-Z0-9-_]{1,36}$"
_LEGAL = re.compile(r"[a-zA-Z0-9\-_]{1,36}")
_DERIVED = re.compile(r"auto-([0-9]{17})")


def shown(order_id: int, client_order_id: str) -> str:
    """22 characters like the ids that Binance makes up."""
    return client_order_id or f"auto-{order_id:017d}"


def shown_of_cancel(order_id: int, cancel_client_order_id: str) -> str:
    """Of the cancel itself, which has an id of its own; an order is canceled once, so its order id
    will do.
    """
    return cancel_client_order_id or f"stop-{order_id:017d}"


def chosen(name: str, text: str) -> str:
    """A client order id that a client gives to something new; Refused if it may not."""
    if _LEGAL.fullmatch(text) is None or _DERIVED.fullmatch(text) is not None:
        raise Refused(ILLEGAL_CHARACTERS, name, LEGAL)
    return text


def looked_up(name: str, text: str) -> str:
    """A client order id to find an order by; Refused if no order can have it."""
    if _LEGAL.fullmatch(text) is None:
        raise Refused(ILLEGAL_CHARACTERS, name, LEGAL)
    return text


def derived_from(client_order_id: str) -> OrderId | None:
    """The order that a shown id stands for, None if a client chose it."""
    match = _DERIVED.fullmatch(client_order_id)
    return OrderId(int(match[1])) if match else None
