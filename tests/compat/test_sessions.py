"""Whole trading sessions of unmodified clients, through REST and through the WebSocket API."""

from pathlib import Path

import pytest

from tests.compat.environments import CLIENTS
from tests.compat.sessions import session
from tests.compat.story import story

# So binance-sdk-spot logs refusals; what else it logs are answers that do not fit its models.
REFUSALS = ("Error received from server for request", "Connection with user closed: ")


@pytest.mark.parametrize("door", ["rest", "ws"])
@pytest.mark.parametrize("client", CLIENTS)
async def test_sessions(tmp_path: Path, client: str, door: str) -> None:
    """Every order type, each with its steps in the user stream; all money counted."""
    async with session(tmp_path, client, door) as (_, trading):
        for name in ("limits", "stops", "shown", "lists"):
            await trading.play(story(name))
            said = await trading.driver.call("alice", "warnings")
            assert [line for line in said if not line.startswith(REFUSALS)] == []
