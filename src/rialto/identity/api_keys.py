"""API keys: the names and secrets under which programs trade for an account.

In:  a key that came with a request.
Out: the account it speaks for, what it may do, and the secret or public key to check its
     signature with.
Never: a secret in a log, or a file that others than its owner can read.
"""

import asyncio
import logging
import os
import secrets
from enum import IntFlag
from pathlib import Path
from typing import Self

import msgspec
import sqlalchemy as sa

from rialto.identity.key_limits import UNLIMITED, KeyLimits, checked
from rialto.identity.public_keys import KeyType, PublicKey
from rialto.messages.ids import AccountId

FILE_NAME = "identity.sqlite"
FILE_MODE = 0o600
SECRET_BYTES = 32  # 64 characters
API_KEYS_MAX = 100_000  # all of them are held in memory
USER_CHARACTERS_MAX = 64
LOOK_EVERY_SECONDS = 0.5  # how long a key that was made or deleted elsewhere goes unnoticed
BUSY_SECONDS_MAX = 5.0  # for another process to finish writing

_log = logging.getLogger(__name__)
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
    sa.Column("type", sa.Text, nullable=False, server_default=KeyType.HMAC),
    sa.Column("public_key", sa.Text, nullable=False, server_default=""),
    sa.Column("limits", sa.Text, nullable=False, server_default="{}"),  # JSON
)


class Permission(IntFlag):
    """What a key may do. Values are on disk: never reuse one."""

    READ = 1
    TRADE = 2
    OPERATOR = 4  # the outcome streams of all accounts
    FIX = 8  # FIX sessions; what they may do there, the others say


class ApiKey(msgspec.Struct, frozen=True):
    key: str
    secret: str  # "" unless type is HMAC
    account: AccountId
    user: str  # the owner's name, which the first design's door calls userID
    permissions: Permission
    client_order_id_reusable: bool = False  # Binance's looser rule for client order ids
    type: KeyType = KeyType.HMAC
    public_key: str = ""  # PEM, of the other types
    limits: KeyLimits = UNLIMITED

    def __repr__(self) -> str:
        return f"ApiKey({self.key[:8]}…, account={self.account})"


class BadUser(ValueError):
    """The name of a key's owner is too short or too long."""


class TooManyKeys(RuntimeError):
    """API_KEYS_MAX are there already."""


class ApiKeys:
    """Every key of one data directory, in memory and in its own small file.

    Several processes may have it open: `rialto keys` changes it while the exchange runs, and
    watch() lets the exchange know.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._watcher = engine.connect()  # SQLite tells each connection what others have changed
        self._seen = self._version()
        self._changes = 0  # made here
        self._keys = self._read()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open or create the file; its mode is 0600 whatever it was."""
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE))
        path.chmod(FILE_MODE)
        engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS_MAX})
        sa.event.listen(engine, "connect", _durable)
        _METADATA.create_all(engine)
        _add_missing_columns(engine)
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
        public_key: PublicKey | None = None,
        limits: KeyLimits = UNLIMITED,
    ) -> ApiKey:
        """A new random key, durable when this returns; with a random secret, or a client's public
        key. BadLimit for limits that make no sense.
        """
        if len(self._keys) >= API_KEYS_MAX:
            raise TooManyKeys(f"at most {API_KEYS_MAX} API keys")
        if not 0 < len(user) <= USER_CHARACTERS_MAX:
            raise BadUser(f"a user's name has 1 to {USER_CHARACTERS_MAX} characters")
        created = ApiKey(
            secrets.token_hex(SECRET_BYTES),
            "" if public_key else secrets.token_hex(SECRET_BYTES),
            account,
            user,
            permissions,
            client_order_id_reusable,
            public_key.type if public_key else KeyType.HMAC,
            public_key.pem if public_key else "",
            checked(limits),
        )
        with self._engine.begin() as connection:
            connection.execute(sa.insert(_API_KEYS).values(**_columns(created)))
        self._changes += 1
        self._keys[created.key] = created
        return created

    def delete(self, key: str) -> bool:
        """Whether there was such a key. It is worth nothing from now on."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(_API_KEYS).where(_API_KEYS.c.key == key))
        self._changes += 1
        return self._keys.pop(key, None) is not None

    async def watch(self) -> None:
        """Until canceled: keep up with what other processes do to the file."""
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            await self.refresh()

    async def refresh(self) -> None:
        """Read the file again if it has changed, beside the event loop."""
        changes = self._changes
        try:
            found = await asyncio.to_thread(self._read_changed)
        except (sa.exc.DatabaseError, msgspec.MsgspecError, ValueError) as reason:
            # Locked for longer than BUSY_SECONDS_MAX, or written by a version that knows more.
            _log.error("API keys are as they were: %s", reason)
            return
        if found is not None and changes == self._changes:  # else it is older than what we made
            self._seen, self._keys = found

    def close(self) -> None:
        self._watcher.close()
        self._engine.dispose()

    def _read_changed(self) -> tuple[int, dict[str, ApiKey]] | None:
        version = self._version()
        return None if version == self._seen else (version, self._read())

    def _version(self) -> int:
        version: int = self._watcher.exec_driver_sql("PRAGMA data_version").scalar_one()
        self._watcher.rollback()
        return version

    def _read(self) -> dict[str, ApiKey]:
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(_API_KEYS).order_by(_API_KEYS.c.number)).all()
        return {row.key: _api_key(row) for row in rows}


def _columns(key: ApiKey) -> dict[str, object]:
    columns = {name: getattr(key, name) for name in key.__struct_fields__}
    columns["limits"] = msgspec.json.encode(key.limits).decode()
    return columns


def _api_key(row: sa.Row[tuple[object, ...]]) -> ApiKey:
    return ApiKey(
        row.key,
        row.secret,
        AccountId(row.account),
        row.user,
        Permission(row.permissions),
        row.client_order_id_reusable,
        KeyType(row.type),
        row.public_key,
        msgspec.json.decode(row.limits, type=KeyLimits),
    )


def _add_missing_columns(engine: sa.Engine) -> None:
    """A file of an earlier version has fewer; what its keys were, their defaults say."""
    there = {column["name"] for column in sa.inspect(engine).get_columns(_API_KEYS.name)}
    with engine.begin() as connection:
        for column in _API_KEYS.columns:
            if column.name not in there:
                written = sa.schema.CreateColumn(column).compile(engine)
                connection.exec_driver_sql(f"ALTER TABLE {_API_KEYS.name} ADD COLUMN {written}")


def _durable(connection: sa.engine.interfaces.DBAPIConnection, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()
