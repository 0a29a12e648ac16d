"""What no linter checks: sizes, names, who imports the core, and words that must not appear."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("src", "tests", "benchmarks", "rust", "docs", ".ci")
PYTHON_LINES_MAX = 400
RUST_LINES_MAX = 700
FUNCTION_LINES_MAX = 70
PARAMETERS_MAX = 7

# A name made of one of these words says nothing.
EMPTY_WORDS = {"obj", "manager", "helper", "helpers", "util", "utils", "impl", "common", "misc"}
EMPTY_PREFIXES = ("process_", "handle_", "do_")
EMPTY_NAMES = {"data", "info", "base"}
# These have another word in the house: commission, trade, hold, tick.
OTHER_WORDS = {"service", "fee", "fees", "deal", "deals", "freeze", "pip"}
# Others' words: Binance's on the wire, uvicorn's where its methods are replaced.
OTHERS = (
    "src/rialto/gateway/wire/",
    "src/rialto/gateway/protocols.py",
    "src/rialto/gateway/websocket_protocol.py",
)


def files(*suffixes: str) -> Iterator[tuple[str, str]]:
    """(path from the root, text) of every file of ours with one of the suffixes."""
    paths = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    for path in sorted(paths + list(ROOT.glob("*"))):
        if path.suffix in suffixes and path.is_file():
            yield str(path.relative_to(ROOT)), path.read_text()


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path, text in files(".py"):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path}:{node.lineno} {node.name}", node


def names() -> Iterator[tuple[str, str]]:
    """(where, name) of every module, class and function."""
    for path, text in files(".py"):
        yield path, Path(path).stem
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield f"{path}:{node.lineno}", node.name


def imports() -> Iterator[tuple[str, str]]:
    """(path, imported module or name in it), all of them."""
    for path, text in files(".py"):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield path, f"{node.module}"
                yield from ((path, f"{node.module}.{alias.name}") for alias in node.names)


def words(name: str) -> set[str]:
    return set(re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower().split("_"))


def test_a_file_fits_the_eye() -> None:
    for suffix, most in ((".py", PYTHON_LINES_MAX), (".rs", RUST_LINES_MAX)):
        assert [path for path, text in files(suffix) if text.count("\n") > most] == []


def test_a_function_fits_the_screen() -> None:
    long = [where for where, node in functions() if len(_lines(node)) > FUNCTION_LINES_MAX]
    assert long == []


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def test_a_function_takes_few_parameters() -> None:
    wide = [where for where, node in functions() if _parameters(node) > PARAMETERS_MAX]
    assert wide == []


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    found = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
    return len([argument for argument in found if argument.arg not in ("self", "cls")])


def test_names_say_something() -> None:
    empty = [
        f"{where} {name}"
        for where, name in names()
        if not where.startswith(OTHERS)
        and (
            words(name) & (EMPTY_WORDS | OTHER_WORDS)
            or name in EMPTY_NAMES
            or name.lstrip("_").startswith(EMPTY_PREFIXES)
        )
    ]
    assert empty == []


def test_only_the_engine_imports_the_compiled_core() -> None:
    """In src; import-linter cannot see a compiled module."""
    users = {path for path, module in imports() if module == "rialto._core"}
    assert [u for u in users if u.startswith("src/") and "/engine/" not in u] == []


def test_our_own_code_is_not_mocked() -> None:
    assert [path for path, module in imports() if module.startswith("unittest.mock")] == []


def test_nothing_is_left_for_later() -> None:
    left = re.compile(r"\b(TO" r"DO|FIX" r"ME)\b|todo!\(|unimplemented!\(|raise NotImpl" "emented")
    written = files(".py", ".pyi", ".rs", ".toml", ".md", ".in", ".html")
    assert [path for path, text in written if left.search(text)] == []


def test_no_file_says_where_packages_come_from() -> None:
    address = re.compile(r"https?://|index-url|find-links|trusted-host")
    assert [path for path, text in files(".txt", ".in", ".toml") if address.search(text)] == []


def test_every_link_between_documents_leads_somewhere() -> None:
    dead = [
        f"{path}: {target}"
        for path, text in files(".md")
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text)
        if not (ROOT / path).parent.joinpath(target).exists()
    ]
    assert dead == []


def test_every_locked_package_has_its_hash() -> None:
    """Nothing else can be installed in its place."""
    for lock in (*ROOT.glob("*.txt"), *ROOT.glob("tests/compat/*.txt")):
        text = lock.read_text()
        pinned = re.findall(r"^\S+==[^\\]+\\\n    --hash=sha256:", text, re.MULTILINE)
        assert len(pinned) == len(re.findall(r"^[a-z]", text, re.MULTILINE))
