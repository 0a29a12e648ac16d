"""rialto verify finds whatever is not as the command log says, and says what it is."""

import sqlite3
from pathlib import Path

import pytest

from rialto.engine.engine import Engine
from rialto.engine.errors import DirectoryInUse
from rialto.engine.snapshots import read_snapshot, snapshot_paths, write_snapshot
from rialto.ops.verify import NothingHere, verify
from rialto.projections.database import FILE_NAME
from tests.ops.trading import TRADING, bring_sql_up_to_date, trade


@pytest.fixture
async def stopped(tmp_path: Path) -> Path:
    """A directory with a past of two runs."""
    await trade(tmp_path, TRADING[:3], set_up=True)
    await trade(tmp_path, TRADING[3:])
    bring_sql_up_to_date(tmp_path)
    return tmp_path


def test_a_stopped_directory_equals_its_log(stopped: Path) -> None:
    before = {path: path.read_bytes() for path in stopped.rglob("*.log")}
    verdict = verify(stopped)
    assert verdict.differences == []
    assert verdict.verified
    assert verdict.commands == verdict.events_sequence == verdict.sql_sequence > len(TRADING)
    assert len(verdict.snapshots) == 2
    assert verdict.sql_open_orders == 2  # bob's bids: half of one, and one untouched
    assert {path: path.read_bytes() for path in stopped.rglob("*.log")} == before


async def test_sql_that_lags_is_compared_where_it_is(stopped: Path) -> None:
    await trade(stopped, TRADING[:2])
    verdict = verify(stopped)
    assert verdict.verified
    assert verdict.sql_sequence == verdict.commands - 2


async def test_a_directory_without_sql_is_proved_as_far_as_it_goes(tmp_path: Path) -> None:
    await trade(tmp_path, TRADING, set_up=True)
    verdict = verify(tmp_path)
    assert (verdict.verified, verdict.sql_sequence) == (True, 0)


def test_another_balance_in_sql_is_found(stopped: Path) -> None:
    change_sql(stopped, "UPDATE balances SET free = '1' WHERE account = 1 AND asset = 0")
    differences = verify(stopped).differences
    assert len(differences) == 1
    assert "balance" in differences[0]


def test_a_missing_order_in_sql_is_found(stopped: Path) -> None:
    change_sql(stopped, "UPDATE orders SET status = 3 WHERE id = 4")
    differences = verify(stopped).differences
    assert len(differences) == 1
    assert "open order" in differences[0]


def test_a_changed_posting_is_found(stopped: Path) -> None:
    change_sql(stopped, "UPDATE postings SET amount = '7' WHERE sequence = 12 AND position = 0")
    assert "postings" in " ".join(verify(stopped).differences)


def test_sql_beyond_the_log_is_found(stopped: Path) -> None:
    change_sql(stopped, "UPDATE checkpoint SET sequence = 1000000")
    assert "1000000" in " ".join(verify(stopped).differences)


def change_sql(directory: Path, statement: str) -> None:
    connection = sqlite3.connect(directory / FILE_NAME)
    with connection:
        assert connection.execute(statement).rowcount > 0
    connection.close()


@pytest.mark.parametrize("log", ["commands", "events"])
def test_a_flipped_byte_in_the_middle_of_a_log_is_found(stopped: Path, log: str) -> None:
    path = min((stopped / log).glob("*.log"))
    content = bytearray(path.read_bytes())
    content[500] ^= 1
    path.write_bytes(content)
    verdict = verify(stopped)
    assert not verdict.verified
    assert verdict.differences


def test_a_snapshot_of_another_state_is_found(stopped: Path) -> None:
    """Whole and undamaged, but not what a replay reaches."""
    newest, older = (read_snapshot(p) for p in snapshot_paths(stopped / "snapshots"))
    assert newest is not None
    assert older is not None
    write_snapshot(
        stopped / "snapshots",
        type(newest)(newest.sequence, newest.epoch, newest.time_us, newest.chain, older.state),
    )
    assert any("another state" in found for found in verify(stopped).differences)


async def test_a_running_directory_is_refused(stopped: Path) -> None:
    engine = await Engine.open(stopped)
    with pytest.raises(DirectoryInUse):
        verify(stopped)
    await engine.close()


def test_an_empty_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NothingHere):
        verify(tmp_path)
    assert list(tmp_path.iterdir()) == []
