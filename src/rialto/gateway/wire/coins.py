"""Assets as coins of a wallet. No network brings them in or takes them out yet."""

from collections.abc import Iterable, Mapping

from rialto.gateway.wire import decimals
from rialto.gateway.wire.answers import Answer
from rialto.messages.ids import AssetId, InstrumentId
from rialto.messages.instruments import Asset, Instrument
from rialto.messages.orders import Side
from rialto.projections.live import Balance
from rialto.projections.orders import Order


class Coin(Answer, frozen=True):
    coin: str
    name: str
    deposit_all_enable: bool
    withdraw_all_enable: bool
    trading: bool
    is_legal_money: bool
    free: str
    locked: str  # held for open orders
    withdrawing: str  # held for withdrawals
    network_list: list[str]


def held_by(
    orders: Iterable[Order], instruments: Mapping[InstrumentId, Instrument]
) -> dict[AssetId, int]:
    """What open orders hold, by asset."""
    held: dict[AssetId, int] = {}
    for order in orders:
        instrument = instruments[order.instrument]
        if order.side is Side.BUY:
            asset = instrument.quote.id
            amount = instrument.notional(order.price_ticks, order.remaining_lots)
        else:
            asset = instrument.base.id
            amount = instrument.base_amount(order.remaining_lots)
        held[asset] = held.get(asset, 0) + amount
    return held


def coin(asset: Asset, balance: Balance, held_by_orders: int) -> Coin:
    return Coin(
        asset.symbol,
        asset.symbol,
        deposit_all_enable=False,
        withdraw_all_enable=False,
        trading=True,
        is_legal_money=False,
        free=decimals.amount(balance.free, asset),
        locked=decimals.amount(held_by_orders, asset),
        withdrawing=decimals.amount(balance.locked - held_by_orders, asset),
        network_list=[],
    )
