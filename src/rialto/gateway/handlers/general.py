"""ping and time: is it there, and what does its clock say."""

from typing import Any

from rialto.gateway.caller import Caller
from rialto.gateway.sources import Sources
from rialto.gateway.wire import requests


async def ping(_: Sources, __: Caller, ___: requests.Nothing) -> dict[str, Any]:
    return {}


async def time(_: Sources, caller: Caller, __: requests.Nothing) -> dict[str, Any]:
    return {"serverTime": caller.received_us // caller.time_divisor}
