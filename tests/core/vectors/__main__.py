"""python -m tests.core.vectors record | replay EXTENSION"""

import importlib.machinery
import importlib.util
import json
import sys
from typing import Any

from tests.core import vectors


def load(path: str) -> Any:
    """A compiled core from a file, in place of the installed one."""
    loader = importlib.machinery.ExtensionFileLoader("_core", path)
    spec = importlib.util.spec_from_file_location("_core", path, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def main(wanted: list[str]) -> None:
    if wanted == ["record"]:
        from rialto._core import Exchange  # not with replay: there must be one core in a process

        for name, seed in vectors.RECORDED.items():
            vectors.record(Exchange, name, seed)
        return
    exchange = load(wanted[1]).Exchange
    read = {name: vectors.read(name).batches for name in vectors.names()}
    print(json.dumps({name: vectors.replay(exchange, read[name]) for name in read}))


if __name__ == "__main__":
    main(sys.argv[1:])
