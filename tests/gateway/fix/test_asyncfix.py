"""An order of asyncfix, a public FIX client with an engine of its own; we tell it how to sign."""

import asyncio
from pathlib import Path
from typing import Any

from asyncfix import FIXMessage, FMsg, FTag, Journaler  # type: ignore[import-untyped]
from asyncfix.connection import ConnectionState  # type: ignore[import-untyped]
from asyncfix.connection_client import AsyncFIXClient  # type: ignore[import-untyped]
from asyncfix.protocol import FIXProtocol44  # type: ignore[import-untyped]

from tests.gateway.fix.trader import ANSWER_SECONDS_MAX, Exchange, exchange
from tests.gateway.venue import WallClock


class Client(AsyncFIXClient):  # type: ignore[misc]
    def __init__(self, there: Exchange) -> None:
        port = there.ports["order entry"]
        journal, protocol = Journaler(), FIXProtocol44()
        super().__init__(protocol, "ASYNCFIX", "SPOT", journal, "127.0.0.1", port, 30)
        self.there = there
        self.active, self.gone = asyncio.Event(), asyncio.Event()
        self.told: asyncio.Queue[Any] = asyncio.Queue()

    async def on_connect(self) -> None:
        sent = self._codec.current_datetime()
        signed = "\x01".join(("A", "ASYNCFIX", "SPOT", "1", sent))
        signature = self.there.pair.sign(signed.encode())
        message = FIXMessage(FMsg.LOGON)
        for tag, value in (
            *((98, 0), (108, 30), (95, len(signature)), (96, signature), (141, "Y")),
            *((553, self.there.alice.key), (25035, 1)),
        ):
            message[tag] = value
        self._codec.current_datetime = lambda: sent  # what is signed is what is sent
        await self.send_msg(message)
        del self._codec.current_datetime

    async def on_state_change(self, connection_state: ConnectionState) -> None:
        if connection_state == ConnectionState.ACTIVE:
            self.active.set()

    async def on_disconnect(self) -> None:
        self.gone.set()

    async def on_message(self, msg: FIXMessage) -> None:
        self.told.put_nowait(msg)

    async def on_logout(self, msg: FIXMessage) -> None:
        self.told.put_nowait(msg)


async def test_an_order_of_asyncfix(tmp_path: Path) -> None:
    async with asyncio.timeout(ANSWER_SECONDS_MAX), exchange(tmp_path, WallClock()) as there:
        client = Client(there)
        await client.connect()
        try:
            await client.active.wait()
            order = FIXMessage(FMsg.NEWORDERSINGLE)
            for tag, value in (
                *((11, "a-1"), (38, "0.01"), (40, 2), (44, "50000")),
                *((54, 1), (55, "BTCUSDT"), (59, 1)),
            ):
                order[tag] = value
            await client.send_msg(order)
            report = await client.told.get()
            assert report.msg_type == FMsg.EXECUTIONREPORT
            assert (report[FTag.ClOrdID], report[FTag.ExecType]) == ("a-1", "0")
            await client.send_msg(FIXMessage(FMsg.LOGOUT))
            assert (await client.told.get()).msg_type == FMsg.LOGOUT
            await client.gone.wait()
        finally:
            for task in (client._aio_task_socket_read, client._aio_task_heartbeat):
                task.cancel()
