"""rialto keys: make, list and delete API keys, while the exchange runs or when it does not.

In:  an operator's words, and the data directory.
Out: a changed key file, which a running exchange notices within a second.
Never: a secret shown twice. It is printed when the key is made, and by nothing after that.
"""

import argparse
import sys
from pathlib import Path

import msgspec

from rialto.identity.api_keys import FILE_NAME, ApiKey, ApiKeys, BadUser, Permission, TooManyKeys
from rialto.identity.key_limits import BadLimit, KeyLimits
from rialto.identity.public_keys import BadPublicKey, PublicKey, read_public_key
from rialto.messages.ids import AccountId
from rialto.ops.verify import require_exchange
from rialto.settings import DATA

ACCOUNT_MAX = 2**32 - 1
PERMISSIONS = {permission.name.lower(): permission for permission in Permission if permission.name}


class NoSuchKey(ValueError):
    """Nothing to delete."""


class Shown(msgspec.Struct, rename="camel", omit_defaults=True):
    """A key as it is printed."""

    api_key: str
    type: str
    account: int
    user: str
    permissions: list[str]
    limits: KeyLimits
    secret: str = ""


def add_keys(verb: argparse.ArgumentParser) -> None:
    """What can be asked of keys on the command line."""
    verbs = verb.add_subparsers(dest="action", required=True, metavar="ACTION")
    create = verbs.add_parser("create", help="make a key, and print it")
    _add_create(create)
    listing = verbs.add_parser("list", help="every key, without secrets")
    delete = verbs.add_parser("delete", help="make a key worthless")
    delete.add_argument("key", metavar="API_KEY")
    for each in (create, listing, delete):
        each.add_argument(
            "--data", type=Path, default=DATA, metavar="DIR", help=f"data directory (./{DATA})"
        )
    for each in (create, listing):
        each.add_argument("--json", action="store_true", help="print JSON")


def _add_create(create: argparse.ArgumentParser) -> None:
    create.add_argument("--account", type=_account, required=True, metavar="NUMBER")
    create.add_argument("--user", required=True, metavar="NAME", help="whose key it is")
    create.add_argument(
        "--public-key",
        type=Path,
        metavar="FILE.pem",
        help="the public half of a client's Ed25519 or RSA key; without it the key is HMAC and "
        "gets a secret",
    )
    create.add_argument(
        "--permissions",
        type=_permissions,
        default=Permission.READ,
        metavar="A,B",
        help=f"of {', '.join(PERMISSIONS)} (read)",
    )
    create.add_argument(
        "--ip", action="append", default=[], metavar="ADDRESS", help="or network; again for more"
    )
    create.add_argument(
        "--symbol", action="append", default=[], help="it may place orders of; again for more"
    )
    create.add_argument(
        "--max-notional",
        type=_notional,
        action="append",
        default=[],
        metavar="ASSET=AMOUNT",
        help="of one order in that quote asset; again for more",
    )
    create.add_argument("--orders-per-second", type=int, default=0, metavar="COUNT")


def keys(arguments: argparse.Namespace) -> int:
    require_exchange(arguments.data)
    store = ApiKeys.open(arguments.data / FILE_NAME)
    try:
        return _ACTIONS[arguments.action](store, arguments)
    except (BadLimit, BadPublicKey, BadUser, NoSuchKey, TooManyKeys) as reason:
        print(f"rialto keys: {reason}", file=sys.stderr)
        return 1
    finally:
        store.close()


def _create(store: ApiKeys, arguments: argparse.Namespace) -> int:
    limits = KeyLimits(
        tuple(arguments.ip),
        tuple(arguments.symbol),
        dict(arguments.max_notional),
        arguments.orders_per_second,
    )
    made = store.create(
        AccountId(arguments.account),
        arguments.user,
        arguments.permissions,
        public_key=_public_key(arguments.public_key),
        limits=limits,
    )
    shown = _shown(made)
    shown.secret = made.secret
    if arguments.json:
        print(msgspec.json.encode(shown).decode())
    else:
        _print(shown)
    return 0


def _public_key(path: Path | None) -> PublicKey | None:
    return None if path is None else read_public_key(path.read_text(errors="replace"))


def _list(store: ApiKeys, arguments: argparse.Namespace) -> int:
    shown = [_shown(key) for key in store.all()]
    if arguments.json:
        print(msgspec.json.encode(shown).decode())
    else:
        for each in shown:
            _print(each)
    return 0


def _delete(store: ApiKeys, arguments: argparse.Namespace) -> int:
    if not store.delete(arguments.key):
        raise NoSuchKey("there is no such key")
    print("deleted")
    return 0


_ACTIONS = {"create": _create, "list": _list, "delete": _delete}


def _shown(key: ApiKey) -> Shown:
    names = [name for name, permission in PERMISSIONS.items() if key.permissions & permission]
    return Shown(key.key, key.type, key.account, key.user, names, key.limits)


def _print(key: Shown) -> None:
    print(f"{key.api_key}  {key.type}, account {key.account}, {key.user}: ", end="")
    print(", ".join(key.permissions) or "nothing allowed")
    limits = key.limits
    for what, words in (
        ("from", limits.addresses),
        ("symbols", limits.symbols),
        ("at most", [f"{amount} {asset}" for asset, amount in limits.notional_max.items()]),
        ("orders per second", [str(limits.orders_per_second)] if limits.orders_per_second else []),
        ("secret", [key.secret] if key.secret else []),
    ):
        if words:
            print(f"  {what:<17}  {', '.join(words)}")


def _account(text: str) -> int:
    account = int(text)
    if not 0 <= account <= ACCOUNT_MAX:
        raise argparse.ArgumentTypeError(f"an account is a number from 0 to {ACCOUNT_MAX}")
    return account


def _permissions(text: str) -> Permission:
    found = Permission(0)
    for word in text.split(","):
        if word not in PERMISSIONS:
            raise argparse.ArgumentTypeError(f"permissions are {', '.join(PERMISSIONS)}")
        found |= PERMISSIONS[word]
    return found


def _notional(text: str) -> tuple[str, str]:
    asset, equals, amount = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError("write it as ASSET=AMOUNT, like USDT=2500")
    return asset, amount
