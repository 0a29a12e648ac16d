"""The guides' Python runs as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

from rialto.ops.verify import verify
from tests.cli.running import running

GUIDES = Path(__file__).parents[2] / "docs/guide"
TIMEOUT_S = 60.0


def run_guide(name: str, directory: Path) -> subprocess.CompletedProcess[str]:
    text = (GUIDES / name).read_text()
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (directory / "guide.py").write_text("".join(blocks))
    (directory / "data-ready.json").rename(directory / "ready.json")
    done = subprocess.run(
        [sys.executable, "guide.py"],
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )
    assert done.returncode == 0, done.stderr
    return done


def test_keys_and_sessions(tmp_path: Path) -> None:
    with running(tmp_path / "data", "--demo") as exchange:
        exchange.ready()
        done = run_guide("keys-and-sessions.md", tmp_path)
        events = ["executionReport", "outboundAccountPosition"]
        assert sorted(done.stdout.split()) == [*events, "{}"]
        assert exchange.stop()[0] == 0


def test_the_quickstart(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data, "--demo") as exchange:
        exchange.ready()
        done = run_guide("quickstart.md", tmp_path)
        assert done.stdout.startswith("closed 0.2\n0.3\n100.1998\n"), done.stdout
        assert '"resting"' in done.stdout
        assert '"partly_matched"' in done.stdout
        assert exchange.stop()[0] == 0
    assert verify(data).verified


def test_streams(tmp_path: Path) -> None:
    with running(tmp_path / "data", "--demo") as exchange:
        exchange.ready()
        done = run_guide("streams.md", tmp_path)
        assert done.stdout == "50000.00000000\n49000.00000000\n"
        assert exchange.stop()[0] == 0
