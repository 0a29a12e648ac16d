"""Listen keys: asked for, renewed and given back. The streams they name are in user_stream.py."""

from rialto.gateway.caller import Caller
from rialto.gateway.sources import Sources
from rialto.gateway.wire import requests


async def create(sources: Sources, caller: Caller, _: requests.Nothing) -> dict[str, str]:
    return {"listenKey": sources.listen_keys.create(caller.account, caller.received_us)}


async def renew(sources: Sources, caller: Caller, request: requests.ListenKey) -> dict[str, str]:
    sources.listen_keys.renew(caller.account, request.listen_key, caller.received_us)
    return {}


async def delete(sources: Sources, caller: Caller, request: requests.ListenKey) -> dict[str, str]:
    sources.listen_keys.delete(caller.account, request.listen_key)
    return {}
