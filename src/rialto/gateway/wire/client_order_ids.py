"""Client order ids: which a client may choose, and the one that is shown for an order that was
sent without.

An order without a client order id is not deduplicated and stores none; the edge shows `auto-` and
its order id,
and understands that wherever a client order id can be looked up. So nobody else may choose an id
of that form.
"""

import re
import secrets

from rialto.gateway.wire.errors import (
    CLIENT_ORDER_ID_INVALID,
    EITHER_PARAMETER,
    ILLEGAL_CHARACTERS,
    Refused,
)
from rialto.messages.commands import ANY_ORDER, ANY_ORDER_LIST
from rialto.messages.ids import OrderId, OrderListId

LEGAL = r"^[a-zA-Z0-9-_]{1,36}$"
_LEGAL = re.compile(r"[a-zA-Z0-9\-_]{1,36}")
_DERIVED = re.compile(r"auto-([0-9]{17})")
_DERIVED_OF_LIST = re.compile(r"list-([0-9]{17})")
FREE = r"^(?!(auto|list)-[0-9]{17}$)[a-zA-Z0-9-_]{1,36}$"  # what nobody else gives out
_RANDOM_BYTES = 16
NAMES = ("origClientOrderId", "orderId")
NO_ORDER = OrderId(2**63 - 1)  # which SQL can be asked for too


def shown(order_id: int, client_order_id: str) -> str:
    """22 characters like the ids that Binance makes up."""
    return client_order_id or f"auto-{order_id:017d}"


def shown_of_cancel(order_id: int, cancel_client_order_id: str) -> str:
    """Of the cancel itself, which has an id of its own; an order is canceled once, so its order id
    will do.
    """
    return cancel_client_order_id or f"stop-{order_id:017d}"


def shown_of_list(order_list: int, list_client_order_id: str) -> str:
    return list_client_order_id or f"list-{order_list:017d}"


def is_legal(text: str) -> bool:
    """Whether it has the form of an id that a client may write."""
    return _LEGAL.fullmatch(text) is not None


def chosen(name: str, text: str) -> str:
    """A client order id that a client gives to something new; Refused if it may not."""
    if _LEGAL.fullmatch(text) is None:
        raise Refused(ILLEGAL_CHARACTERS, name, LEGAL)
    if _DERIVED.fullmatch(text) or _DERIVED_OF_LIST.fullmatch(text):
        raise Refused(ILLEGAL_CHARACTERS, name, FREE)
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


def made_up() -> str:
    """An id nobody else has, 22 characters like those that Binance makes up."""
    return secrets.token_urlsafe(_RANDOM_BYTES)


def order_named(
    order_id: int | None, client_order_id: str | None, names: tuple[str, str] = NAMES
) -> tuple[OrderId, str]:
    """(order id, client order id) for the machine, which knows nothing of ids made up for show.

    names: of the two parameters, for whoever sent neither.
    """
    if order_id is None and client_order_id is None:
        raise Refused(EITHER_PARAMETER, *names)
    derived = derived_from(client_order_id) if client_order_id else None
    if derived is None:
        # No order has the id 0, which the machine takes for none.
        found = NO_ORDER if order_id == 0 else order_id
        return OrderId(found or ANY_ORDER), client_order_id or ""
    if order_id is not None and derived != order_id:
        raise Refused(CLIENT_ORDER_ID_INVALID)
    return derived, ""


def list_named(
    order_list: int | None, list_client_order_id: str | None, names: tuple[str, str]
) -> tuple[OrderListId, str]:
    """The same for an order list."""
    if order_list is None and list_client_order_id is None:
        raise Refused(EITHER_PARAMETER, *names)
    match = _DERIVED_OF_LIST.fullmatch(list_client_order_id or "")
    if match is None:
        found = NO_ORDER if order_list == 0 else order_list
        return OrderListId(found or ANY_ORDER_LIST), list_client_order_id or ""
    if order_list is not None and order_list != int(match[1]):
        raise Refused(CLIENT_ORDER_ID_INVALID)
    return OrderListId(int(match[1])), ""
