"""The engine's named maxima. Defaults are for production; tests make them small."""

from dataclasses import dataclass

from rialto.engine.segments import SEGMENT_BYTES

BATCH_COMMANDS_MAX = 4_096
BATCH_BYTES_MAX = 1 << 20
INBOX_COMMANDS_MAX = 32_768
REPLAY_BUDGET_COMMANDS = 2_000_000  # replayed at >= 1 M/s, so a restart takes seconds
REPLAY_COMMANDS_PER_RECORD = 8  # what reading one record costs, in commands
CLOSE_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """batch_*: of one record; inbox: commands taken and not yet answered; budget: replay work
    between snapshots.
    """

    batch_commands_max: int = BATCH_COMMANDS_MAX
    batch_bytes_max: int = BATCH_BYTES_MAX
    inbox_commands_max: int = INBOX_COMMANDS_MAX
    replay_budget_commands: int = REPLAY_BUDGET_COMMANDS
    segment_bytes: int = SEGMENT_BYTES
