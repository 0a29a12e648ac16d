"""The exchange of benchmarks.http: the demo as `rialto run` puts it together, and a route that
does nothing.

python -m benchmarks.http_server DIRECTORY      (serves until its standard input ends)
"""

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated

import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rialto.cli.collector import collect_rarely
from rialto.cli.projector import ProjectorProcess
from rialto.engine.engine import Engine, clock_us
from rialto.gateway.app import Gateway
from rialto.gateway.boot import load_folds, new_folds
from rialto.gateway.caller import Caller, Security
from rialto.gateway.doors import Doors
from rialto.gateway.endpoints import ENDPOINTS, Endpoint, Source
from rialto.gateway.server import Server
from rialto.gateway.sources import Sources
from rialto.gateway.weights import Weights
from rialto.gateway.wire import parameters
from rialto.gateway.wire.answers import OrderResult
from rialto.gateway.wire.new_orders import place_order
from rialto.gateway.wire.order_requests import NewOrder
from rialto.gateway.wire.orders import order_result, placement
from rialto.identity.api_keys import ApiKey, ApiKeys
from rialto.identity.public_keys import read_public_key
from rialto.messages.events import Event, OrderPlaced, TradeExecuted
from rialto.messages.ids import AccountId, OrderId, Sequence, TradeId, UpdateId
from rialto.messages.orders import Side
from rialto.ops import demo
from rialto.projections.database import FILE_NAME, Database
from rialto.projections.queries import Queries
from rialto.settings import DEMO_LIMITS

NO_OP_PATH = "/no-op"
SIGNED_NO_OP_PATH = "/signed-no-op"
ALICE = AccountId(1)


class SignedOrder(NewOrder, frozen=True):
    """All that is sent, the signing parameters too, which are read and not checked."""

    recv_window: Annotated[str, parameters.WORD] = ""
    timestamp: Annotated[str, parameters.WORD] = ""
    signature: Annotated[str, parameters.WORD] = ""


def accepted(sources: Sources, request: NewOrder) -> OrderResult:
    """What the real route answers when buys and sells take turns: every second one trades."""
    instrument = sources.instrument(request.symbol)
    order = place_order(request, instrument, ALICE, id_reusable=False)
    now_us, price, lots = sources.clock(), order.price_ticks, order.quantity_lots
    placed = OrderPlaced(
        Sequence(1), 0, now_us, OrderId(1), ALICE, instrument.id, order.side, order.type,
        order.time_in_force, order.stp, price, lots, order.quote_amount, 0, order.client_order_id,
    )  # fmt: skip
    events: list[Event] = [placed]
    if order.side is Side.BUY:
        trade = TradeExecuted(
            Sequence(1), 1, now_us, TradeId(1), instrument.id, order.side, OrderId(1), OrderId(2),
            ALICE, ALICE, price, lots, 0, 0, UpdateId(1), lots, lots, 0,
        )  # fmt: skip
        events.append(trade)
    return order_result(placement(events, instrument), instrument, 1000, full=True)


async def accept(sources: Sources, _: Caller, request: NewOrder) -> OrderResult:
    return accepted(sources, request)


# Rows like any other, so that they go the same way through the server as an order does.
NO_OPS = (
    Endpoint(f"POST {NO_OP_PATH}", None, 1, Security.NONE, Source.MEMORY, accept, SignedOrder),
    Endpoint(f"POST {SIGNED_NO_OP_PATH}", None, 1, Security.TRADE, Source.MEMORY, accept, NewOrder),
)


def session_key(keys: ApiKeys, like: ApiKey) -> dict[str, str]:
    """Another key of the same account, with which benchmarks.ws_api logs on."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    made = keys.create(
        like.account, like.user, like.permissions, public_key=read_public_key(public.decode())
    )
    return {"session_key": made.key, "session_private": private.private_bytes_raw().hex()}


async def serve(directory: Path) -> None:
    async with AsyncExitStack() as stack:
        projector = ProjectorProcess(directory)
        stack.push_async_callback(projector.stop)
        folds = new_folds()
        engine = await Engine.open(directory, folds)
        stack.push_async_callback(engine.close)
        database = Database.open(directory / FILE_NAME)
        stack.callback(database.close)
        load_folds(folds, database, engine.read_events)
        await projector.start()
        folds.listen(projector)
        keys = ApiKeys.open(directory / "identity.sqlite")
        stack.callback(keys.close)
        made = await demo.set_up(engine, folds.catalog, keys)
        collect_rarely()

        sources = Sources(engine, folds, Queries(database), clock_us, Weights(DEMO_LIMITS))
        gateway = Gateway(sources, keys.find, (*ENDPOINTS, *NO_OPS))
        Doors(gateway, "USDT")
        server = Server(gateway, "127.0.0.1", 0)
        url = await server.start()
        stack.push_async_callback(server.stop)
        accounts = [
            {"api_key": key.key, "api_secret": key.secret, **session_key(keys, key)}
            for key in made.traders
        ]
        print(json.dumps({"url": url, "accounts": accounts}), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1])))
