"""Assets as coins of a wallet. No network brings them in or takes them out yet."""

from rialto.gateway.wire import decimals
from rialto.gateway.wire.answers import Answer
from rialto.messages.instruments import Asset
from rialto.projections.live import Balance


class Coin(Answer, frozen=True):
    coin: str
    name: str
    deposit_all_enable: bool
    withdraw_all_enable: bool
    trading: bool
    is_legal_money: bool
    free: str
    locked: str  # held for open orders
    freeze: str
    withdrawing: str  # held for withdrawals
    ipoing: str
    ipoable: str
    storage: str
    network_list: list[str]


def coin(asset: Asset, balance: Balance, withdrawing: int) -> Coin:
    return Coin(
        asset.symbol,
        asset.symbol,
        deposit_all_enable=False,
        withdraw_all_enable=False,
        trading=True,
        is_legal_money=False,
        free=decimals.amount(balance.free, asset),
        locked=decimals.amount(balance.locked - withdrawing, asset),
        freeze=decimals.ZERO,
        withdrawing=decimals.amount(withdrawing, asset),
        ipoing=decimals.ZERO,
        ipoable=decimals.ZERO,
        storage=decimals.ZERO,
        network_list=[],
    )
