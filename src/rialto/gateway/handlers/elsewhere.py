"""What clients ask of Binance's other products when they load their markets.

Rialto lists no contracts and lends nothing, so those answers are empty because they are true.
"""

from rialto.gateway.caller import Caller
from rialto.gateway.sources import Sources
from rialto.gateway.wire import requests
from rialto.gateway.wire.exchange_info import ExchangeInfo, exchange_info


async def no_contracts(sources: Sources, caller: Caller, _: requests.Nothing) -> ExchangeInfo:
    now = caller.received_us // caller.time_divisor
    return exchange_info((), sources.limits.announced, now, permission_sets=True)


async def no_margin(_: Sources, __: Caller, ___: requests.Nothing) -> list[str]:
    """Pairs that can be borrowed for."""
    return []
