"""What a disk may hold after a loss of power, from a recording of what a process did to its files.

Of what was written since the last flush of a file, any 512-byte sectors may be there and others
not; of renames and removals since the last flush of their directory, the first few may be there.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

SECTOR_BYTES = 512


@dataclass(frozen=True, slots=True)
class Written:
    inode: int
    offset: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Truncated:
    inode: int
    size: int


@dataclass(frozen=True, slots=True)
class Synced:
    inode: int


@dataclass(frozen=True, slots=True)
class Named:
    """A directory entry: created, renamed to, or (inode 0) gone."""

    directory: int
    path: Path
    inode: int


@dataclass(frozen=True, slots=True)
class Noted:
    row: tuple[object, ...]


Operation = Written | Truncated | Synced | Named | Noted


class Recorder:
    """Stands between a process and os: calls through, and keeps what happened under root."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.operations: list[Operation] = []
        self._inodes: set[int] = set()
        for name in ("open", "pwritev", "fdatasync", "fsync", "rename", "truncate", "unlink"):
            monkeypatch.setattr(os, name, self._recording(getattr(os, name), "_after_" + name))

    def note(self, *row: object) -> None:
        """The client's journal, which is on another disk and always there."""
        self.operations.append(Noted(row))

    def _recording(self, call: Callable[..., Any], then: str) -> Callable[..., Any]:
        def recorded(*arguments: Any, **options: Any) -> Any:
            result = call(*arguments, **options)
            getattr(self, then)(result, *arguments)
            return result

        return recorded

    def _name(self, path: Path, inode: int) -> None:
        if path.is_relative_to(self.root):
            self.operations.append(Named(path.parent.stat().st_ino, path, inode))

    def _after_open(self, descriptor: int, path: Any, *_: Any) -> None:
        if not isinstance(path, Path) or not path.is_relative_to(self.root) or path.is_dir():
            return
        inode = os.fstat(descriptor).st_ino
        if inode not in self._inodes:
            self._inodes.add(inode)
            self._name(path, inode)

    def _after_pwritev(self, written: int, descriptor: int, pieces: list[bytes], at: int) -> None:
        content = b"".join(pieces)[:written]
        self.operations.append(Written(os.fstat(descriptor).st_ino, at, content))

    def _after_fdatasync(self, _: None, descriptor: int) -> None:
        self.operations.append(Synced(os.fstat(descriptor).st_ino))

    _after_fsync = _after_fdatasync

    def _after_rename(self, _: None, source: Path, target: Path) -> None:
        self._name(source, 0)
        self._name(target, target.stat().st_ino)

    def _after_truncate(self, _: None, path: Path, size: int) -> None:
        self.operations.append(Truncated(path.stat().st_ino, size))

    def _after_unlink(self, _: None, path: Path) -> None:
        self._name(path, 0)


@dataclass(slots=True)
class Disk:
    """durable: certain. pending: perhaps."""

    durable: dict[int, bytearray] = field(default_factory=dict)
    pending: dict[int, list[Written | Truncated]] = field(default_factory=dict)
    names: dict[Path, int] = field(default_factory=dict)
    naming: list[Named] = field(default_factory=list)
    notes: list[tuple[object, ...]] = field(default_factory=list)

    def do(self, operation: Operation) -> None:
        match operation:
            case Written(inode) | Truncated(inode):
                self.pending.setdefault(inode, []).append(operation)
            case Named():
                self.naming.append(operation)
            case Noted(row):
                self.notes.append(row)
            case Synced(inode):
                for change in self.pending.pop(inode, []):
                    _change(self.durable.setdefault(inode, bytearray()), change, None)
                for named in [each for each in self.naming if each.directory == inode]:
                    self._settle(named)

    def lose_power(self, random: Random) -> None:
        """Decide about everything that is pending."""
        for named in self.naming[: random.randint(0, len(self.naming))]:
            self._settle(named)
        for inode, changes in self.pending.items():
            for change in changes:
                _change(self.durable.setdefault(inode, bytearray()), change, random)

    def write_to(self, root: Path, was: Path) -> None:
        for path, inode in self.names.items():
            target = root / path.relative_to(was)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(self.durable.get(inode, b""))

    def _settle(self, named: Named) -> None:
        self.naming.remove(named)
        if named.inode:
            self.names[named.path] = named.inode
        else:
            self.names.pop(named.path, None)


def _change(content: bytearray, change: Written | Truncated, random: Random | None) -> None:
    """All of a change, or with a random any sectors of it."""
    if isinstance(change, Truncated):
        if random is None or random.random() < 0.5:
            del content[change.size :]
        return
    end = change.offset + len(change.content)
    share = random.choice((0.0, 0.5, 0.9, 1.0)) if random else 1.0
    position = change.offset
    while position < end:
        after = min(end, (position // SECTOR_BYTES + 1) * SECTOR_BYTES)
        if random is None or random.random() < share:
            content.extend(bytes(max(0, after - len(content))))
            content[position:after] = change.content[
                position - change.offset : after - change.offset
            ]
        position = after
