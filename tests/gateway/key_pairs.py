"""Clients' own key pairs: the private half signs, the public half is registered."""

import base64
from typing import Protocol
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rialto.identity.public_keys import PublicKey, read_public_key


class KeyPair(Protocol):
    @property
    def public(self) -> PublicKey: ...

    def sign(self, payload: bytes) -> str:
        """In base64."""


class Ed25519Pair:
    def __init__(self) -> None:
        self._private = ed25519.Ed25519PrivateKey.generate()

    @property
    def public(self) -> PublicKey:
        return _public(self._private)

    def sign(self, payload: bytes) -> str:
        return base64.b64encode(self._private.sign(payload)).decode()


class RsaPair:
    def __init__(self) -> None:
        self._private = rsa.generate_private_key(65537, 2048)

    @property
    def public(self) -> PublicKey:
        return _public(self._private)

    def sign(self, payload: bytes) -> str:
        return base64.b64encode(self._private.sign(payload, padding.PKCS1v15(), SHA256())).decode()


def _public(private: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey) -> PublicKey:
    raw = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return read_public_key(raw.decode())


def signed_query(pair: KeyPair, parameters: str, timestamp_us: int) -> str:
    """As REST takes it: the signature percent-encoded, last."""
    payload = "&".join(filter(None, (parameters, f"timestamp={timestamp_us}")))
    return f"{payload}&signature={quote(pair.sign(payload.encode()), safe='')}"
