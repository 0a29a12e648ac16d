"""Cancel on disconnect: when a connection ends, the open orders of the accounts that asked for it
are canceled, on every instrument and wherever they were placed.

In:  the keys with which it was asked for.
Out: one command per account, like any other: a restart does not undo it.
Never: a connection that outlives the process that knows of it. If the exchange itself is killed,
     nobody is left to cancel.
"""

import asyncio
import logging

from rialto.gateway.caller import Caller
from rialto.gateway.sources import Sources
from rialto.gateway.wire.errors import SERVER_BUSY, Refused
from rialto.identity.api_keys import ApiKey
from rialto.messages.commands import ALL_INSTRUMENTS, CancelAllOrders

ATTEMPTS_MAX = 20  # while the engine is busy
ATTEMPT_SECONDS = 0.25
FOREVER_US = 2**63 - 1
_log = logging.getLogger(__name__)


async def cancel_orders(sources: Sources, key: ApiKey, address: str) -> None:
    """Of the key's account. What the client sent before the end is in the engine's queue before."""
    caller = Caller(address, sources.clock(), key=key, expires_us=FOREVER_US)
    for _ in range(ATTEMPTS_MAX):
        try:
            await sources.submit(caller, CancelAllOrders(key.account, ALL_INSTRUMENTS))
        except Refused as refused:
            if refused.code == SERVER_BUSY.code:
                await asyncio.sleep(ATTEMPT_SECONDS)
                continue
            _log.error("account %s: cancel on disconnect: %s", key.account, refused.message)
        return
    _log.error("account %s: cancel on disconnect: the engine stays busy", key.account)
