"""Bare connections: a test says each byte, and sees what comes and when it ends."""

import asyncio

from tests.gateway.venue import Reply, Venue, read_reply

CUT_SECONDS_MAX = 5.0


class Wire:
    """A bare connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def reply(self) -> Reply:
        async with asyncio.timeout(CUT_SECONDS_MAX):
            return await read_reply(self.reader)

    async def rest(self) -> bytes:
        """All that still comes until the server ends the connection."""
        async with asyncio.timeout(CUT_SECONDS_MAX):
            try:
                return await self.reader.read()
            except ConnectionResetError:
                return b""

    def close(self) -> None:
        self.writer.close()


async def connect(venue: Venue, *parts: bytes) -> Wire:
    wire = Wire(*await asyncio.open_connection("127.0.0.1", venue.port))
    wire.writer.writelines(parts)
    return wire
