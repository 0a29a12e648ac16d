"""Which branches of the core the comparison with the naive exchange reaches: make coverage-core

Builds the core with counters in it, runs the tests of this folder and of the messages on that, and
prints for each source file of rust/core how many of its branches, regions and lines were reached.
Ends with 1 where fewer branches are than BRANCHES_LEAST_PERCENT.

The counters of branches are not in stable Rust yet: RUSTC_BOOTSTRAP lets the stable compiler have
them, for this build alone. Needs the llvm-tools of the toolchain (rustup component add llvm-tools).
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "target" / "coverage"
EXTENSION = TARGET / "release" / "lib_core.so"
PROFILES = TARGET / "profiles"
SOURCES = ROOT / "rust" / "core" / "src"
BRANCHES_LEAST_PERCENT = 95
COUNTED = ("branches", "regions", "lines")
# What deliberately errs, and what builds a core of its own, says nothing of this one.
WITHOUT = "not canaries and not debug_build"
FLAGS = "-C instrument-coverage -Z coverage-options=branch"


def tool(name: str) -> str:
    printed = [_printed("rustc", "--print", "sysroot"), _printed("rustc", "--version", "--verbose")]
    host = printed[1].split("host: ")[1].split()[0]
    path = Path(printed[0].strip(), "lib", "rustlib", host, "bin", name)
    if not path.exists():
        sys.exit(f"{path} is missing: rustup component add llvm-tools")
    return str(path)


def _printed(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def build() -> None:
    wanted = {"CARGO_TARGET_DIR": str(TARGET), "RUSTC_BOOTSTRAP": "1", "RUSTFLAGS": FLAGS}
    command = ["cargo", "build", "--quiet", "--locked", "--release", "--package", "rialto-binding"]
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, **wanted})


def run_tests() -> None:
    """In a process of its own: the counters are written when it ends."""
    for old in PROFILES.glob("*.profraw"):
        old.unlink()
    wanted = {"LLVM_PROFILE_FILE": str(PROFILES / "%p.profraw")}
    command = [sys.executable, "-m", "tests.core.coverage", "tests"]
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, **wanted})


def tests() -> int:
    import pytest

    from tests.core.vectors.__main__ import load

    sys.modules["rialto._core"] = load(str(EXTENSION))
    folders = [str(ROOT / "tests" / folder) for folder in ("core", "messages")]
    return int(pytest.main(["-q", "-k", WITHOUT, "--timeout", "3600", *folders]))


def summary() -> list[dict[str, Any]]:
    """What llvm-cov counted, for each file of the core."""
    merged = PROFILES / "merged.profdata"
    profiles = [str(path) for path in PROFILES.glob("*.profraw")]
    subprocess.run([tool("llvm-profdata"), "merge", "-o", str(merged), *profiles], check=True)
    command = [tool("llvm-cov"), "export", "-summary-only", f"-instr-profile={merged}"]
    told = json.loads(_printed(*command, str(EXTENSION), str(SOURCES)))
    files: list[dict[str, Any]] = told["data"][0]["files"]
    return files


def main() -> int:
    PROFILES.mkdir(parents=True, exist_ok=True)
    build()
    run_tests()
    totals = {name: [0, 0] for name in COUNTED}
    print(f"{'':28}" + "".join(f"{name:>22}" for name in COUNTED))
    for file in summary():
        row = f"{Path(file['filename']).name:28}"
        for name in COUNTED:
            covered, count = file["summary"][name]["covered"], file["summary"][name]["count"]
            totals[name][0] += covered
            totals[name][1] += count
            row += f"{covered:>8} of {count:<5}{_percent(covered, count):>6.1f}"
        print(row)
    percents = {name: _percent(*totals[name]) for name in COUNTED}
    print("\n" + ", ".join(f"{name} {percents[name]:.2f} %" for name in COUNTED))
    return int(percents["branches"] < BRANCHES_LEAST_PERCENT)


def _percent(covered: int, count: int) -> float:
    return 100 * covered / count if count else 100.0


if __name__ == "__main__":
    sys.exit(tests() if sys.argv[1:] == ["tests"] else main())
