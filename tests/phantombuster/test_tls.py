import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from client_stage import CALLS, Wire, error_of, launch, sends
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from phantombot import errors
from phantombot.phantombuster.client import Client


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a self-signed certificate for `localhost`, with its private key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    draft = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    draft = draft.not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    identity = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    for extension in (names, identity, authority):
        draft = draft.add_extension(extension, critical=False)
    draft = draft.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    path: Path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + draft.sign(key, hashes.SHA256()).public_bytes(pem))
    return path


@pytest.fixture
def secured(wire: Any, certificate: Path) -> Callable[..., tuple[Client, Wire]]:
    def start(reply: Any, *, host: str, trusted: bool) -> tuple[Client, Wire]:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        client, server = wire(reply, tls=tls)
        client._v1._roots = [f"https://{host}:{server.port}/v1"]
        if trusted:
            client._http._line.context = ssl.create_default_context(cafile=certificate)
        return client, server

    return start


def test_a_trusted_certificate_is_accepted(secured: Any) -> None:
    body = b'HTTP/1.0 200 OK\r\n\r\n{"status":"success","data":{"containerId":5}}'
    client, _ = secured(sends(body), host="localhost", trusted=True)
    assert launch(client) == "5"
    assert (
        client._http._line.context.cert_store_stats()["x509_ca"] == 1
    )  # no others were loaded for the call


@pytest.mark.parametrize(("host", "trusted"), [("localhost", False), ("127.0.0.1", True)])
def test_a_certificate_that_is_not_theirs_is_unreachable(
    secured: Any, host: str, trusted: bool
) -> None:
    client, server = secured(sends(b""), host=host, trusted=trusted)
    assert {type(error_of(call, client)) for call in CALLS} == {errors.Unreachable}
    assert server.heads == []


def test_no_tls_at_the_other_end_is_unreachable(wire: Any) -> None:
    client, server = wire(sends(b"HTTP/1.1 400 Plain HTTP\r\n\r\n"))
    client._v1._roots = [f"https://127.0.0.1:{server.port}/v1"]
    assert type(error_of(launch, client)) is errors.Unreachable


def test_a_handshake_that_drips_is_unreachable(wire: Any) -> None:
    record_of_16_kb = b"\x16\x03\x03\x40\x00"
    client, server = wire(sends(record_of_16_kb, drip=b"\x02"), connect_timeout=0.3)
    client._v1._roots = [f"https://127.0.0.1:{server.port}/v1"]
    assert type(error_of(launch, client)) is errors.Unreachable


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nX-A: a", b"HTTP/1.0 200 OK\r\n\r\n"])
def test_an_answer_that_drips_through_tls_is_lost(
    wire: Any, certificate: Path, head: bytes
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    client, server = wire(sends(head, drip=b"a"), tls=tls, connect_timeout=1, read_timeout=0.2)
    client._v1._roots = [f"https://localhost:{server.port}/v1"]
    client._http._line.context = ssl.create_default_context(cafile=certificate)
    assert type(error_of(launch, client)) is errors.AnswerLost
    assert len(server.heads) == 1


def test_tls_torn_after_the_request_is_a_lost_answer(secured: Any) -> None:
    def tear(wire: Wire, connection: ssl.SSLSocket) -> None:
        with socket.socket(fileno=connection.detach()) as plain:
            plain.sendall(b"no TLS record at all")

    client, server = secured(tear, host="localhost", trusted=True)
    assert type(error_of(launch, client)) is errors.AnswerLost
    assert len(server.heads) == 1
