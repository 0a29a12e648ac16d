"""Where ccxt finds what: the only thing that is changed in it."""

from typing import Any


def of_ccxt(host: str) -> dict[str, Any]:
    http, ws = f"http://{host}", f"ws://{host}"
    return {
        "public": f"{http}/api/v3",
        "private": f"{http}/api/v3",
        "v1": f"{http}/api/v1",
        "sapi": f"{http}/sapi/v1",
        "sapiV2": f"{http}/sapi/v2",
        "sapiV3": f"{http}/sapi/v3",
        "sapiV4": f"{http}/sapi/v4",
        "fapiPublic": f"{http}/fapi/v1",
        "dapiPublic": f"{http}/dapi/v1",
        "ws": {"spot": f"{ws}/ws", "margin": f"{ws}/ws", "ws-api": {"spot": f"{ws}/ws-api/v3"}},
    }
