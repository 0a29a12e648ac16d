"""Signatures of the three kinds of key: the right one passes, any other spelling does not."""

import base64
import hashlib
import hmac
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from rialto.identity.api_keys import ApiKey, Permission
from rialto.identity.public_keys import BadPublicKey, KeyType, read_public_key
from rialto.identity.signatures import verifier
from rialto.messages.ids import AccountId

PAYLOAD = "symbol=BTCUSDT&side=BUY&note=１２&timestamp=1".encode()
ED25519 = ed25519.Ed25519PrivateKey.generate()
RSA = rsa.generate_private_key(65537, 2048)
SMALL_RSA = rsa.generate_private_key(65537, 1024)
P256 = ec.generate_private_key(ec.SECP256R1())


class Signed(NamedTuple):
    key: ApiKey
    signature: str


def pem(private: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    public = private.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def signed(kind: KeyType) -> Signed:
    owner = (AccountId(1), "alice", Permission.READ)
    if kind is KeyType.HMAC:
        digest = hmac.new(b"secret", PAYLOAD, hashlib.sha256).hexdigest()
        return Signed(ApiKey("k" * 64, "secret", *owner), digest)
    if kind is KeyType.ED25519:
        made, public = ED25519.sign(PAYLOAD), read_public_key(pem(ED25519))
    else:
        made = RSA.sign(PAYLOAD, padding.PKCS1v15(), SHA256())
        public = read_public_key(pem(RSA))
    assert public.type is kind
    key = ApiKey("k" * 64, "", *owner, type=kind, public_key=public.pem)
    return Signed(key, base64.b64encode(made).decode())


@pytest.mark.parametrize("kind", KeyType)
def test_the_right_signature_of_these_bytes_and_no_other(kind: KeyType) -> None:
    key, signature = signed(kind)
    verify = verifier(key)
    found = verify(PAYLOAD, signature)
    assert found is not None
    assert verify(PAYLOAD, signature) == found, "the same bytes are known again"
    assert verify(PAYLOAD + b"0", signature) is None
    wrong = ["", " ", "0", signature[:-4], signature + "====", f" {signature}", f"{signature}\n"]
    wrong += [signature.replace(signature[0], "é"), "A" * len(signature), "0" * len(signature)]
    assert [text for text in wrong if verify(PAYLOAD, text) is not None] == []
    is_hex = kind is KeyType.HMAC
    assert (verify(PAYLOAD, signature.swapcase()) == found) is is_hex, "hex has no case, base64 has"


def test_base64_has_one_spelling() -> None:
    """64 bytes end in two characters of padding, before which four bits mean nothing."""
    key, signature = signed(KeyType.ED25519)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    meaning = signature[-3]
    alike = alphabet[alphabet.index(meaning) // 16 * 16 + 1]
    assert base64.b64decode(signature[:-3] + alike + "==") == base64.b64decode(signature)
    assert verifier(key)(PAYLOAD, signature[:-3] + alike + "==") is None


def test_what_another_key_signs_stands_for_something_else() -> None:
    key, signature = signed(KeyType.RSA)
    other = ApiKey("l" * 64, *(getattr(key, name) for name in key.__struct_fields__[1:]))
    assert verifier(key)(PAYLOAD, signature) != verifier(other)(PAYLOAD, signature)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no public key"),
        ("é", "PEM text"),
        ("x" * 5_000, "PEM text"),
        (pem(ED25519).replace("MCow", "MCox"), "no public key"),
        (pem(P256), "Ed25519 or RSA"),
        (pem(SMALL_RSA), "2048 or 4096 bits, not 1024"),
        (
            ED25519.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
            "this is a private key",
        ),
    ],
)
def test_what_is_no_public_key_of_ours(text: str, why: str) -> None:
    with pytest.raises(BadPublicKey, match=why):
        read_public_key(text)
