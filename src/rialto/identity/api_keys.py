"""API keys: the names and secrets under which programs trade for an account.

In:  a key that came with a request.
Out: the account it speaks for, what it may do, and the secret to check its signature with.
Never: a secret in a log, or a file that others than its owner can read.
"""

import os
import secrets
from enum import IntFlag
from pathlib import Path
from typing import Self

import msgspec
import sqlalchemy as sa

from rialto.messages.ids import AccountId

FILE_MODE = 0o600
SECRET_BYTES = 32  # 64 characters
API_KEYS_MAX = 100_000  # all of them are held in memory
USER_CHARACTERS_MAX = 64

_METADATA = sa.MetaData()
_API_KEYS = sa.Table(
    "api_keys",
    _METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("account", sa.Integer, nullable=False),
    sa.Column("user", sa.Text, nullable=False),
    sa.Column("permissions", sa.Integer, nullable=False),
    sa.Column("client_order_id_reusable", sa.Boolean, nullable=False),
)


class Permission(IntFlag):
    """What a key may do. Values are on disk: never reuse one."""

    READ = 1
    TRADE = 2
    OPERATOR = 4  # the outcome streams of all accounts


class ApiKey(msgspec.Struct, frozen=True):
    key: str
    secret: str
    account: AccountId
    user: str  # the owner's name, which the first design's door calls userID
    permissions: Permission
    client_order_id_reusable: bool = False  # Binance's looser rule for client order ids

    def __repr__(self) -> str:
        return f"ApiKey({self.key[:8]}…, account={self.account})"


class TooManyKeys(RuntimeError):
    """API_KEYS_MAX are there already."""


class ApiKeys:
    """Every key of one data directory, in memory and in its own small file."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        with engine.begin() as connection:
            rows = connection.execute(sa.select(_API_KEYS).order_by(_API_KEYS.c.number)).all()
        self._keys = {row.key: _api_key(row) for row in rows}

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open or create the file; its mode is 0600 whatever it was."""
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE))
        path.chmod(FILE_MODE)
        engine = sa.create_engine(f"sqlite:///{path}")
        sa.event.listen(engine, "connect", _durable)
        _METADATA.create_all(engine)
        return cls(engine)

    def find(self, key: str) -> ApiKey | None:
        return self._keys.get(key)

    def all(self) -> list[ApiKey]:
        """Oldest first."""
        return list(self._keys.values())

    def create(
        self,
        account: AccountId,
        user: str,
        permissions: Permission,
        *,
        client_order_id_reusable: bool = False,
    ) -> ApiKey:
        """A new random key and secret, durable when this returns."""
        if len(self._keys) >= API_KEYS_MAX:
            raise TooManyKeys(f"at most {API_KEYS_MAX} API keys")
        if not 0 < len(user) <= USER_CHARACTERS_MAX:
            raise ValueError(f"a user's name has 1 to {USER_CHARACTERS_MAX} characters")
        created = ApiKey(
            secrets.token_hex(SECRET_BYTES),
            secrets.token_hex(SECRET_BYTES),
            account,
            user,
            permissions,
            client_order_id_reusable,
        )
        with self._engine.begin() as connection:
            connection.execute(sa.insert(_API_KEYS).values(**msgspec.structs.asdict(created)))
        self._keys[created.key] = created
        return created

    def close(self) -> None:
        self._engine.dispose()


def _api_key(row: sa.Row[tuple[object, ...]]) -> ApiKey:
    return ApiKey(
        row.key,
        row.secret,
        AccountId(row.account),
        row.user,
        Permission(row.permissions),
        row.client_order_id_reusable,
    )


def _durable(connection: sa.engine.interfaces.DBAPIConnection, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()
