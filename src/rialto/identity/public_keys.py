"""Public keys: the half of a client's Ed25519 or RSA key that it registers here.

In:  PEM text as openssl writes it.
Out: what kind of key it is, and the same text in one spelling; or BadPublicKey, in words.
Never: a private key. Whoever sends one by mistake is told, and it is not kept.
"""

from enum import StrEnum
from typing import NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

PEM_BYTES_MAX = 4_096
RSA_BITS = (2_048, 4_096)


class KeyType(StrEnum):
    """How requests are signed. Values are on disk: never reuse one."""

    HMAC = "HMAC"  # with a secret that both sides know
    RSA = "RSA"
    ED25519 = "Ed25519"


class BadPublicKey(ValueError):
    """The message is for whoever registers the key."""


class PublicKey(NamedTuple):
    type: KeyType
    pem: str


def read_public_key(pem: str) -> PublicKey:
    if len(pem) > PEM_BYTES_MAX or not pem.isascii():
        raise BadPublicKey(f"a public key is PEM text of at most {PEM_BYTES_MAX} characters")
    if "PRIVATE KEY" in pem:
        raise BadPublicKey(
            "this is a private key: keep it to yourself, and register the public one"
        )
    key = load(pem)
    if isinstance(key, RSAPublicKey) and key.key_size not in RSA_BITS:
        raise BadPublicKey(
            f"an RSA key has {RSA_BITS[0]} or {RSA_BITS[1]} bits, not {key.key_size}"
        )
    written = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    kind = KeyType.RSA if isinstance(key, RSAPublicKey) else KeyType.ED25519
    return PublicKey(kind, written)


def load(pem: str) -> RSAPublicKey | Ed25519PublicKey:
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise BadPublicKey("this is no public key in PEM") from None
    if not isinstance(key, RSAPublicKey | Ed25519PublicKey):
        raise BadPublicKey("a public key is Ed25519 or RSA")
    return key
