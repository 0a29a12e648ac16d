"""The server: uvicorn with httptools, with the limits and deadlines that it has not.

In:  connections.
Out: whole requests of bounded size to the application.
Never: a connection that costs something for longer than its deadline. A connection past one is cut.
"""

import asyncio
from typing import Any

import httptools
import msgspec
import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from rialto.gateway.app import Gateway
from rialto.gateway.rest import BODY_BYTES_MAX
from rialto.gateway.sockets import CLIENT_MESSAGE_BYTES_MAX
from rialto.gateway.wire.errors import ILLEGAL_CHARACTERS, OVERFLOWED, TOO_MANY_REQUESTS, Refused

CONNECTIONS_MAX = 4_096
CONNECTIONS_PER_ADDRESS_MAX = 2_048
URL_BYTES_MAX = 16 * 1024
HEADERS_MAX = 64
HEADER_BYTES_MAX = 32 * 1024
REQUEST_BYTES_MAX = URL_BYTES_MAX + HEADER_BYTES_MAX + 2 * BODY_BYTES_MAX  # with chunk framing

REQUEST_SECONDS_MAX = 10.0  # from the first byte of a request (or the connection) to its last
KEEP_ALIVE_SECONDS = 75.0  # between requests
WRITE_SECONDS_MAX = 10.0  # for a client to make room in a full write buffer
CLOSE_SECONDS_MAX = 5.0  # for a closed connection to take what is left
SWEEP_SECONDS = 0.5  # how late a deadline may be noticed
SHUTDOWN_SECONDS_MAX = 10
PING_SECONDS = 20.0
PONG_SECONDS_MAX = 20.0
