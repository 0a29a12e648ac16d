"""What a user stream tells besides the steps of orders, with Binance's letters.

In:  balances, changes and order lists; times already in the reader's unit.
Out: JSON texts.
"""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from msgspec import field

from rialto.gateway.wire import decimals
from rialto.gateway.wire.client_order_ids import shown, shown_of_list
from rialto.gateway.wire.streams import Letterless, Payload, text
from rialto.messages.ids import OrderId
from rialto.messages.instruments import Asset, Instrument
from rialto.messages.orders import OrderListType
from rialto.projections.live import Balance
from rialto.projections.orders import OrderList


class Times(NamedTuple):
    sent: int
    happened: int


class ListStep(Enum):
    """listStatusType, and the listOrderStatus that goes with it."""

    EXEC_STARTED = ("EXEC_STARTED", "EXECUTING")
    UPDATED = ("UPDATED", "EXECUTING")
    ALL_DONE = ("ALL_DONE", "ALL_DONE")


class BalanceOfAsset(Letterless, frozen=True):
    asset: str = field(name="a")
    free: str = field(name="f")
    locked: str = field(name="l")


class AccountPosition(Payload, frozen=True, tag="outboundAccountPosition"):
    """Of the assets that a command has moved, after all that it did."""

    sent: int = field(name="E")
    changed: int = field(name="u")
    balances: list[BalanceOfAsset] = field(name="B")


class BalanceUpdate(Payload, frozen=True, tag="balanceUpdate"):
    """Money that came or went: a deposit, a withdrawal, a transfer."""

    sent: int = field(name="E")
    asset: str = field(name="a")
    change: str = field(name="d")
    time: int = field(name="T")


class ExternalLockUpdate(Payload, frozen=True, tag="externalLockUpdate"):
    """The change of what a withdrawal that is on its way has locked."""

    sent: int = field(name="E")
    asset: str = field(name="a")
    change: str = field(name="d")
    time: int = field(name="T")


class ListenKeyExpired(Payload, frozen=True, tag="listenKeyExpired"):
    sent: int = field(name="E")
    listen_key: str = field(name="listenKey")


class EventStreamTerminated(Payload, frozen=True, tag="eventStreamTerminated"):
    """The last event of a subscription of the WebSocket API."""

    sent: int = field(name="E")


class OrderOfList(Letterless, frozen=True):
    symbol: str = field(name="s")
    order_id: int = field(name="i")
    client_order_id: str = field(name="c")


class ListStatus(Payload, frozen=True, tag="listStatus"):
    sent: int = field(name="E")
    symbol: str = field(name="s")
    order_list_id: int = field(name="g")
    contingency_type: str = field(name="c")
    list_status_type: str = field(name="l")
    list_order_status: str = field(name="L")
    reject_reason: str = field(name="r")
    list_client_order_id: str = field(name="C")
    time: int = field(name="T")
    orders: list[OrderOfList] = field(name="O")


def account_position(balances: list[tuple[Asset, Balance]], times: Times) -> str:
    shown = [
        BalanceOfAsset(
            asset.symbol,
            decimals.amount(balance.free, asset),
            decimals.amount(balance.locked, asset),
        )
        for asset, balance in balances
    ]
    return text(AccountPosition(times.sent, times.happened, shown))


def balance_update(asset: Asset, change: int, times: Times) -> str:
    shown = decimals.amount(change, asset)
    return text(BalanceUpdate(times.sent, asset.symbol, shown, times.happened))


def external_lock_update(asset: Asset, change: int, times: Times) -> str:
    shown = decimals.amount(change, asset)
    return text(ExternalLockUpdate(times.sent, asset.symbol, shown, times.happened))


def list_status(
    order_list: OrderList,
    step: ListStep,
    leg_ids: Mapping[OrderId, str],
    instrument: Instrument,
    times: Times,
) -> str:
    status_type, order_status = step.value
    return text(
        ListStatus(
            times.sent,
            instrument.symbol,
            order_list.id,
            "OCO" if order_list.type is OrderListType.OCO else "OTO",
            status_type,
            order_status,
            "NONE",
            shown_of_list(order_list.id, order_list.client_order_id),
            times.happened,
            [
                OrderOfList(instrument.symbol, order_id, shown(order_id, client_order_id))
                for order_id, client_order_id in leg_ids.items()
            ],
        )
    )


def listen_key_expired(listen_key: str, sent: int) -> str:
    return text(ListenKeyExpired(sent, listen_key))


def event_stream_terminated(sent: int) -> str:
    return text(EventStreamTerminated(sent))
