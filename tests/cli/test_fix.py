"""FIX as a user runs it: a process of its own, by TCP and by TLS."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from rialto.cli.main import perform
from rialto.identity import api_keys
from rialto.identity.api_keys import ApiKey, ApiKeys
from rialto.messages.ids import AccountId
from tests.cli.running import running
from tests.gateway.fix.trader import ALL, Trader
from tests.gateway.key_pairs import Ed25519Pair
from tests.gateway.venue import WallClock


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    private = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(private, SHA256())
    )
    paths = tmp_path / "certificate.pem", tmp_path / "key.pem"
    paths[0].write_bytes(made.public_bytes(Encoding.PEM))
    paths[1].write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths


def make_key(data: Path, pair: Ed25519Pair) -> ApiKey:
    keys = ApiKeys.open(data / api_keys.FILE_NAME)
    try:
        return keys.create(AccountId(1), "alice", ALL, public_key=pair.public)
    finally:
        keys.close()


async def place_one(ready: dict[str, Any], key: ApiKey, pair: Ed25519Pair, **how: Any) -> Trader:
    port = ready["fix"]["order entry"]
    trader = Trader(await asyncio.open_connection("127.0.0.1", port, **how), WallClock(), "ALICE")
    assert (await trader.log_on(key, pair)).kind == "A"
    await trader.order("a-1")
    assert (await trader.hear())[150] == "0"
    return trader


@pytest.mark.parametrize("by_tls", [False, True])
async def test_an_order_of_a_process_of_its_own(
    tmp_path: Path, certificate: tuple[Path, Path], by_tls: bool
) -> None:
    pair, words, how = Ed25519Pair(), ["--demo", "--fix-port", "0"], dict[str, Any]()
    if by_tls:
        words += ["--fix-certificate", str(certificate[0]), "--fix-key", str(certificate[1])]
        context = ssl.create_default_context(cafile=str(certificate[0]))
        how = {"ssl": context, "server_hostname": "localhost"}
    with running(tmp_path / "data", *words) as started:
        ready = await asyncio.to_thread(started.ready)
        key = make_key(started.data, pair)
        await asyncio.sleep(2 * api_keys.LOOK_EVERY_SECONDS)  # it is not told, it looks
        trader = await place_one(ready, key, pair, **how)
        stopping = asyncio.to_thread(started.stop)
        stopped = asyncio.ensure_future(stopping)
        assert [(await trader.hear()).kind for _ in range(2)] == ["B", "5"]
        trader.writer.close()
        status, out, err = await stopped
        assert status == 0 and '"ERROR"' not in err, err
        assert "FIX: order entry on" in out


@pytest.mark.parametrize(
    "words",
    [
        ("--fix-port", "7000", "--fix-key", "key.pem"),
        ("--fix-certificate", "a.pem", "--fix-key", "key.pem"),
        ("--fix-port", "65534"),
        ("--fix-port", "7000", "--host", "0.0.0.0"),
    ],
)
def test_what_makes_no_sense_is_refused(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert perform(["run", *words]) == 1
    assert "fix" in capsys.readouterr().err.lower()
