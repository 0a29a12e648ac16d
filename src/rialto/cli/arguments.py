"""What can be asked on the command line."""

import argparse
from pathlib import Path

from rialto.cli.keys import add_keys
from rialto.settings import DATA, HOST, LIMITS, PORT

LIMIT_MAX = 1_000_000_000


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="rialto", description="A spot exchange.")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    _add_run(verbs.add_parser("run", help="run the exchange until Ctrl-C or SIGTERM"))
    _add_project(verbs.add_parser("project", help="fold the event log into SQL"))
    _add_replay(verbs.add_parser("replay", help="run a venue's recorded orders and compare fills"))
    _add_verify(verbs.add_parser("verify", help="prove a stopped data directory from its log"))
    add_keys(verbs.add_parser("keys", help="make, list and delete API keys"))
    bench = verbs.add_parser("bench", help="measure a part").add_subparsers(
        dest="part", required=True, metavar="PART"
    )
    _add_bench_core(bench.add_parser("core", help="one workload file through the core alone"))
    return top


def _add_run(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--demo",
        action="store_true",
        help="list instruments and open two funded accounts if they are not there yet",
    )
    verb.add_argument(
        "--no-liquidity",
        action="store_true",
        help="none but clients trade; always so today, for there is no simulated liquidity yet",
    )
    verb.add_argument("--host", default=HOST, help=f"address to serve on ({HOST})")
    verb.add_argument("--port", type=_port, default=PORT, help=f"0: any free one ({PORT})")
    _add_fix(verb)
    _add_data(verb)
    verb.add_argument(
        "--ready-file",
        type=Path,
        metavar="FILE",
        help="write the URL and the demo's API keys to FILE (JSON, mode 0600) once it serves",
    )
    verb.add_argument(
        "--limit",
        type=_limit,
        action="append",
        default=[],
        metavar="NAME=COUNT",
        help=f"how much an address or an account may ask for, in the place of Binance's limit: "
        f"{', '.join(LIMITS)}",
    )


def _add_fix(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--fix-port",
        type=_port,
        metavar="PORT",
        help="serve FIX: order entry on PORT, drop copy and market data on the next two; "
        "0: any free ones (off)",
    )
    for name in ("--fix-certificate", "--fix-key"):
        verb.add_argument(
            name, type=Path, metavar="FILE", help="PEM; FIX takes TLS connections only, then"
        )


def _add_project(verb: argparse.ArgumentParser) -> None:
    _add_data(verb)
    how = verb.add_mutually_exclusive_group()
    how.add_argument(
        "--follow",
        action="store_true",
        help="go on until standard input ends; each line on it says that there is more to fold",
    )
    how.add_argument("--rebuild", action="store_true", help="throw the rows away first")


def _add_replay(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("orders", type=Path, metavar="ORDERS.csv.gz")
    verb.add_argument("--fills", type=Path, required=True, metavar="FILLS.csv.gz")
    _add_json(verb)


def _add_verify(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("directory", type=Path, metavar="DIR")
    _add_json(verb)


def _add_bench_core(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("file", type=Path, metavar="FILE", help="python -m benchmarks.workload")
    verb.add_argument(
        "--ladder",
        action="store_true",
        help="through a bare price ladder instead, which marks the limit of this machine",
    )
    _add_json(verb)


def _add_data(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--data", type=Path, default=DATA, metavar="DIR", help=f"data directory (./{DATA})"
    )


def _add_json(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--json", action="store_true", help="print one JSON object, last")


def _limit(text: str) -> tuple[str, int]:
    name, _, count = text.partition("=")
    if name not in LIMITS:
        raise argparse.ArgumentTypeError(f"a limit is one of {', '.join(LIMITS)}")
    if not (count.isascii() and count.isdigit() and 0 < int(count) <= LIMIT_MAX):
        raise argparse.ArgumentTypeError(f"a limit is NAME=COUNT, COUNT from 1 to {LIMIT_MAX}")
    return name, int(count)


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65_535:
        raise argparse.ArgumentTypeError("a port is 0 to 65535")
    return port
