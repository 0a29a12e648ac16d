"""The verbs that print and end, as scripts and people call them."""

import json
from pathlib import Path

import pytest

from benchmarks.workload.__main__ import make
from rialto.cli.main import perform
from rialto.projections.database import FILE_NAME, Database
from tests.ops.trading import TRADING, bring_sql_up_to_date, trade

RECORDED = Path(__file__).parents[1] / "data"


def last_object(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    found: dict[str, object] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return found


def test_replay_prints_the_figures(capsys: pytest.CaptureFixture[str]) -> None:
    orders, fills = (str(RECORDED / f"recorded-{part}.csv.gz") for part in ("orders", "fills"))
    assert perform(["replay", orders, "--fills", fills, "--json"]) == 0
    report = last_object(capsys)
    assert report.pop("commands_per_second")
    assert report == {
        "orders": 65_320,
        "takers": 2_933,
        "takers_reproduced": 2_781,
        "fills": 6_229,
        "fills_reproduced": 5_382,
        "resting_bids": 6_935,
        "resting_asks": 4_282,
        "best_bid_ticks": 19_240,
        "best_ask_ticks": 19_241,
        "trades": 6_252,
        "rejections": 0,
    }


async def test_verify_says_what_it_proved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await trade(tmp_path, TRADING, set_up=True)
    bring_sql_up_to_date(tmp_path)
    assert perform(["verify", str(tmp_path)]) == 0
    assert capsys.readouterr().out.endswith("verified\n")
    assert perform(["verify", str(tmp_path), "--json"]) == 0
    assert last_object(capsys)["verified"] is True

    (tmp_path / "snapshots" / "00000000000000000001.snapshot").write_bytes(b"nonsense")
    assert perform(["verify", str(tmp_path)]) == 1
    assert "NOT verified" in capsys.readouterr().out


async def test_project_folds_once_or_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await trade(tmp_path, TRADING, set_up=True)
    for words in ([], ["--rebuild"]):
        assert perform(["project", "--data", str(tmp_path), *words]) == 0
        database = Database.open(tmp_path / FILE_NAME)
        assert capsys.readouterr().out == f"SQL is at sequence {database.checkpoint()}\n"
        assert database.checkpoint() > len(TRADING)
        database.close()


@pytest.mark.parametrize("ladder", [[], ["--ladder"]])
def test_bench_core_reaches_the_end_state(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], ladder: list[str]
) -> None:
    expected = make("W1", 1, tmp_path / "w1.bin", 2_000)
    assert perform(["bench", "core", str(tmp_path / "w1.bin"), "--json", *ladder]) == 0
    figures = last_object(capsys)
    end_state = ("trades", "traded_qty", "traded_notional", "rejects", "tape_hash", "book_hash")
    assert {name: figures[name] for name in end_state} == {n: expected[n] for n in end_state}
    assert figures.keys() >= {"mops", "p50_ns", "p99_ns", "p999_ns", "max_us"}


@pytest.mark.parametrize(
    "words",
    [
        ["verify", "nowhere"],
        ["replay", "nowhere.csv", "--fills", "nowhere.csv"],
        ["bench", "core", "nowhere.bin"],
        ["project", "--data", "nowhere"],
    ],
    ids=lambda words: words[0],
)
def test_what_is_not_there_is_said_in_one_line(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = [str(tmp_path / word) if word.startswith("nowhere") else word for word in words]
    assert perform(there) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"rialto {words[0]}: ")
    assert "nowhere" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("words", [["verify"], ["project", "--data"]], ids=lambda words: words[0])
def test_where_no_exchange_has_run_nothing_is_made(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for directory in (tmp_path, tmp_path / "nowhere"):
        assert perform([*words, str(directory)]) == 1
        said = capsys.readouterr().err
        assert said == f"rialto {words[0]}: {directory}: no exchange has run here\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [[], ["run", "--port", "70000"], ["run", "--port", "x"]])
def test_nonsense_is_answered_with_the_usage(words: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        perform(words)
