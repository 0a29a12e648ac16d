"""From arguments to an exit status: 0 done, 1 failed or found differences, 2 asked wrongly."""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from rialto.cli import reports
from rialto.cli.arguments import parser
from rialto.cli.keys import keys
from rialto.cli.run import run
from rialto.engine.errors import DirectoryInUse, EngineStopped, LogDamaged
from rialto.ops.recorded import MalformedRecording
from rialto.ops.verify import NothingHere, require_exchange
from rialto.projections.follow import ProjectorRunning, follow, rebuild
from rialto.settings import FixSettings, Settings
from rialto.telemetry import log_to_stderr

# What the world does to us, in words that say what to do; all else is our bug, with its traceback.
EXPECTED = (
    DirectoryInUse,
    EngineStopped,
    LogDamaged,
    MalformedRecording,
    NothingHere,
    ProjectorRunning,
    OSError,
    sa.exc.DatabaseError,
)

LOOPBACK = ("127.0.0.1", "::1", "localhost")
FIX_PORT_MAX = 65_533


def main() -> int:
    log_to_stderr(logging.WARNING if sys.stderr.isatty() else logging.INFO)
    return perform(sys.argv[1:])


def perform(words: Sequence[str]) -> int:
    """What the words ask for; the exit status."""
    arguments = parser().parse_args(words)
    try:
        return VERBS[arguments.verb](arguments)
    except EXPECTED as reason:
        print(f"rialto {arguments.verb}: {reason}", file=sys.stderr)
        return 1


def _run(arguments: argparse.Namespace) -> int:
    return run(
        Settings(
            data=arguments.data,
            host=arguments.host,
            port=arguments.port,
            demo=arguments.demo,
            ready_file=arguments.ready_file,
            fix=_fix(arguments),
            other_limits=dict(arguments.limit),
        )
    )


def _fix(arguments: argparse.Namespace) -> FixSettings | None:
    certificate, key = arguments.fix_certificate, arguments.fix_key
    if (certificate is None) != (key is None):
        raise OSError("--fix-certificate and --fix-key go together")
    if arguments.fix_port is None:
        if certificate is not None:
            raise OSError("--fix-certificate is of no use without --fix-port")
        return None
    if arguments.fix_port > FIX_PORT_MAX:
        raise OSError(f"--fix-port is at most {FIX_PORT_MAX}: the next two are needed too")
    if certificate is None and arguments.host not in LOOPBACK:
        raise OSError("FIX without TLS is for this machine alone: give it a certificate and a key")
    return FixSettings(port=arguments.fix_port, certificate=certificate, key=key)


def _project(arguments: argparse.Namespace) -> int:
    require_exchange(arguments.data)
    if arguments.follow:
        follow(arguments.data, sys.stdin.fileno())
        return 0
    if arguments.rebuild:
        sequence = rebuild(arguments.data)
    else:
        with open(os.devnull) as nothing_more_to_come:
            sequence = follow(arguments.data, nothing_more_to_come.fileno())
    print(f"SQL is at sequence {sequence}")
    return 0


VERBS: dict[str, Callable[[argparse.Namespace], int]] = {
    "run": _run,
    "project": _project,
    "replay": reports.replay,
    "verify": reports.verify,
    "bench": reports.bench_core,
    "keys": keys,
}
