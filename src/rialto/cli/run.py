"""The composition root: the running exchange, put together and taken apart in order.

engine (recovers) -> folds (from SQL and the events behind it) -> projector -> demo -> gateway
"""

import asyncio
import logging
import signal
import ssl
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any

import uvloop

from rialto.cli.collector import collect_rarely
from rialto.cli.descriptors import connections_that_fit
from rialto.cli.measures import Measures
from rialto.cli.pages import mount_pages
from rialto.cli.projector import ProjectorProcess
from rialto.cli.welcome import FixPorts, announce, ready_file
from rialto.engine.engine import Engine, clock_us
from rialto.gateway.app import Gateway
from rialto.gateway.boot import load_folds, new_folds
from rialto.gateway.doors import Doors
from rialto.gateway.fix.server import FixServer
from rialto.gateway.oversight import CONNECTIONS_MAX
from rialto.gateway.server import Server
from rialto.gateway.sources import Sources
from rialto.gateway.weights import Weights
from rialto.identity import api_keys
from rialto.identity.api_keys import ApiKeys
from rialto.ops import demo
from rialto.projections.database import FILE_NAME, Database
from rialto.projections.queries import Queries
from rialto.settings import FixSettings, Settings

DIRECTORY_MODE = 0o700  # orders and balances are nobody else's business

log = logging.getLogger(__name__)


def run(settings: Settings) -> int:
    """Until SIGINT or SIGTERM (then 0), or until a part fails (then 1)."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_run(settings))


async def _run(settings: Settings) -> int:
    with _stop_signal() as stopped, ready_file(settings.ready_file) as say_ready:
        async with AsyncExitStack() as stack:
            projector = ProjectorProcess(settings.data)
            stack.push_async_callback(projector.stop)
            settings.data.mkdir(DIRECTORY_MODE, parents=True, exist_ok=True)
            folds = new_folds()
            engine = await Engine.open(settings.data, folds)
            stack.push_async_callback(engine.close)
            database = Database.open(settings.data / FILE_NAME)
            stack.callback(database.close)
            load_folds(folds, database, engine.read_events)
            await projector.start()
            folds.listen(projector)
            keys = ApiKeys.open(settings.data / api_keys.FILE_NAME)
            stack.callback(keys.close)
            demo_keys = await demo.set_up(engine, folds.catalog, keys) if settings.demo else None
            collect_rarely()

            sources = Sources(engine, folds, Queries(database), clock_us, Weights(settings.limits))
            url, fix = await _serve(sources, keys, settings, stack)
            say_ready(url, demo_keys, fix)
            announce(url, settings, demo_keys, fix)
            failure = await _why_to_stop(stopped, engine.failed, projector.failed)
            if failure is None:
                print("\nStopping.", flush=True)
            else:
                log.critical("stopping: %s", failure)
        return 0 if failure is None else 1


async def _serve(
    sources: Sources, keys: ApiKeys, settings: Settings, stack: AsyncExitStack
) -> tuple[str, FixPorts]:
    """The URL, and FIX's ports. A background task that fails ends the whole run with its error."""
    gateway = Gateway(sources, keys.find)
    doors = Doors(gateway, settings.quote_asset, unsigned_v1=settings.demo)
    database = sources.queries.database
    measures = Measures(sources.engine, sources.folds, database, doors.connections)
    mount_pages(gateway, measures.metrics)
    connections_max = connections_that_fit(CONNECTIONS_MAX)
    server = Server(gateway, settings.host, settings.port, connections_max)
    url = await server.start()
    stack.push_async_callback(server.stop)
    background = await stack.enter_async_context(asyncio.TaskGroup())
    for work in (doors.run(), measures.run(), keys.watch()):
        stack.callback(background.create_task(work).cancel)
    stack.push_async_callback(doors.close)
    if settings.fix is None:
        return url, {}
    fix = FixServer(gateway, settings.host, settings.fix.port, _tls(settings.fix))
    stack.push_async_callback(fix.stop)
    ports = await fix.start()
    stack.callback(background.create_task(fix.run()).cancel)
    return url, ports


def _tls(settings: FixSettings) -> ssl.SSLContext | None:
    if settings.certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(settings.certificate, settings.key)
    return context


async def _why_to_stop(stopped: asyncio.Event, *failures: asyncio.Future[Any]) -> Exception | None:
    """The first failure; None if somebody asked for the end."""
    asked = asyncio.ensure_future(stopped.wait())
    try:
        await asyncio.wait([asked, *failures], return_when=asyncio.FIRST_COMPLETED)
    finally:
        asked.cancel()
    return next((failure.result() for failure in failures if failure.done()), None)


@contextmanager
def _stop_signal() -> Iterator[asyncio.Event]:
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    try:
        yield stopped
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
