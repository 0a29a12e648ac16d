"""Order lists as answers: what a placement, a cancel and a query say."""

from collections.abc import Mapping, Sequence

from rialto.gateway.wire.answers import (
    AmendedListStatus,
    Answer,
    CanceledOrder,
    ListedOrder,
    OrderAck,
)
from rialto.gateway.wire.client_order_ids import shown, shown_of_list
from rialto.messages.ids import OrderId
from rialto.messages.instruments import Instrument
from rialto.messages.orders import OrderListType
from rialto.projections.orders import OrderList

EXECUTING = ("EXEC_STARTED", "EXECUTING")
ALL_DONE = ("ALL_DONE", "ALL_DONE")


class OrderListState(Answer, frozen=True):
    order_list_id: int
    contingency_type: str
    list_status_type: str
    list_order_status: str
    list_client_order_id: str
    transaction_time: int
    symbol: str
    orders: list[ListedOrder]


class PlacedList(OrderListState, frozen=True):
    order_reports: list[OrderAck]  # or, by newOrderRespType, OrderResults


class CanceledList(OrderListState, frozen=True):
    order_reports: list[CanceledOrder]


ClientOrderIds = Mapping[OrderId, str]


def list_state(
    found: OrderList, instrument: Instrument, client_order_ids: ClientOrderIds, divisor: int
) -> OrderListState:
    """client_order_ids: of its orders, "" for those without."""
    return OrderListState(*_fields(found, instrument, client_order_ids, divisor))


def placed_list(
    found: OrderList,
    instrument: Instrument,
    client_order_ids: ClientOrderIds,
    reports: Sequence[OrderAck],
    divisor: int,
) -> PlacedList:
    return PlacedList(*_fields(found, instrument, client_order_ids, divisor), list(reports))


def canceled_list(
    found: OrderList,
    instrument: Instrument,
    client_order_ids: ClientOrderIds,
    reports: Sequence[CanceledOrder],
    divisor: int,
) -> CanceledList:
    return CanceledList(*_fields(found, instrument, client_order_ids, divisor), list(reports))


def amended_list(
    found: OrderList, instrument: Instrument, client_order_ids: ClientOrderIds
) -> AmendedListStatus:
    state = list_state(found, instrument, client_order_ids, divisor=1)
    return AmendedListStatus(
        state.order_list_id,
        state.contingency_type,
        state.list_order_status,
        state.list_client_order_id,
        state.symbol,
        state.orders,
    )


def _fields(
    found: OrderList, instrument: Instrument, client_order_ids: ClientOrderIds, divisor: int
) -> tuple[int, str, str, str, str, int, str, list[ListedOrder]]:
    return (
        found.id,
        "OCO" if found.type is OrderListType.OCO else "OTO",
        *(ALL_DONE if found.is_done else EXECUTING),
        shown_of_list(found.id, found.client_order_id),
        found.changed_us // divisor,
        instrument.symbol,
        [
            ListedOrder(instrument.symbol, order_id, shown(order_id, client_order_ids[order_id]))
            for order_id in map(OrderId, found.order_ids)
        ],
    )
