"""The quickstart's Python runs as it stands in the guide."""

import re
import subprocess
import sys
from pathlib import Path

from rialto.ops.verify import verify
from tests.cli.running import running

GUIDE = Path(__file__).parents[2] / "docs/guide/quickstart.md"
TIMEOUT_S = 60.0


def test_the_quickstart(tmp_path: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    (tmp_path / "guide.py").write_text("".join(blocks))
    data = tmp_path / "ready"
    with running(data, "--demo") as exchange:
        exchange.ready()
        (tmp_path / "ready-ready.json").rename(tmp_path / "ready.json")
        done = subprocess.run(
            [sys.executable, "guide.py"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("closed 0.2\n0.3\n100.1998\n"), done.stdout
        assert '"resting"' in done.stdout
        assert '"partly_matched"' in done.stdout
        assert exchange.stop()[0] == 0
    assert verify(data).verified
