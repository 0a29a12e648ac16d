"""What clients ask of Binance's other products when they load their markets.

Rialto lists no contracts and lends nothing, so those answers are empty because they are true.
"""

from rialto.gateway.caller import Caller
from rialto.gateway.sources import Sources
from rialto.gateway.wire import requests
from rialto.gateway.wire.coins import Coin, coin, held_by
from rialto.gateway.wire.exchange_info import ExchangeInfo, exchange_info
from rialto.projections.live import Balance


async def no_contracts(sources: Sources, caller: Caller, _: requests.Nothing) -> ExchangeInfo:
    now = caller.received_us // caller.time_divisor
    return exchange_info((), sources.limits.announced, now, permission_sets=True)


async def no_margin(_: Sources, __: Caller, ___: requests.Nothing) -> list[str]:
    """Pairs that can be borrowed for."""
    return []


async def coins(sources: Sources, caller: Caller, _: requests.Nothing) -> list[Coin]:
    """Every asset, with what the caller has of it."""
    folds = sources.folds
    balances = folds.balances.of(caller.account)
    held = held_by(folds.orders.open_orders(caller.account), folds.catalog.instruments)
    return [
        coin(asset, balances.get(asset.id, Balance()), held.get(asset.id, 0))
        for asset in folds.catalog.assets.values()
    ]
