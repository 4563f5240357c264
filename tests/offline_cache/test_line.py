"""The line itself: who may be at its other end, and what is never asked of the machine around it."""

from __future__ import annotations

import ipaddress
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from central_office.contract.enrolment_ticket import token_from
from central_office.contract.messages import DeviceId, EnrolAnswer, EnrolRequest
from offline_cache.line import OfficeLine, Unreachable, UntrustedOffice
from tests.offline_cache.office_double import OfficeDouble

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HERE = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
REQUEST = EnrolRequest(token=token_from(bytes(10)), public_key="A" * 43 + "=")
ANSWER = EnrolAnswer(device=DeviceId("K-01"), town="09999999", site="Foyer", pepper="A" * 43, fingerprint="ABCD-EFGH")


class Authority:
    """A CA with one certificate for 127.0.0.1, both in files."""

    def __init__(self, place: Path, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.ca_file = place / f"{name}.pem"
        self.served = place / f"{name}-office.pem"
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.ca_file.write_bytes(self._certificate(subject, subject, self._key, ca=True))
        office_key = ec.generate_private_key(ec.SECP256R1())
        office = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "office")])
        self.served.write_bytes(
            office_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + self._certificate(office, subject, office_key, ca=False)
        )

    def _certificate(
        self, subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, *, ca: bool
    ) -> bytes:
        # The real date: TLS looks at the machine's clock, not at a story's.
        now = datetime.now(UTC)
        issuing = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([HERE]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuing), critical=False)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=True,
                    key_cert_sign=ca,
                    crl_sign=ca,
                    content_commitment=False,
                    key_encipherment=False,
                    data_encipherment=False,
                    key_agreement=False,
                    encipher_only=False,
                    decipher_only=False,
                ),
                critical=True,
            )
            .sign(self._key, hashes.SHA256())
            .public_bytes(Encoding.PEM)
        )


class _Answers(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = ANSWER.model_dump_json().encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
        """Tests are quiet."""


class _QuietServer(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not trust us hangs up; that is the story, not an error."""


@contextmanager
def secured(authority: Authority) -> Iterator[str]:
    server = _QuietServer(("127.0.0.1", 0), _Answers)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.served)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_office_with_the_pinned_cas_certificate_is_trusted(tmp_path: Path) -> None:
    towns = Authority(tmp_path, "town")
    with secured(towns) as address, requests.Session() as session:
        assert OfficeLine(address, session=session, ca_file=towns.ca_file).enrol(REQUEST) == ANSWER


def test_an_office_of_another_ca_is_not_even_if_the_whole_world_trusts_it(tmp_path: Path) -> None:
    towns, strangers = Authority(tmp_path, "town"), Authority(tmp_path, "stranger")
    with secured(strangers) as address, requests.Session() as session:
        for ca_file in (towns.ca_file, None):
            line = OfficeLine(address, session=session, ca_file=ca_file)
            with pytest.raises(UntrustedOffice):
                line.enrol(REQUEST)


def test_a_ca_file_that_holds_no_certificate_trusts_nobody(tmp_path: Path) -> None:
    towns = Authority(tmp_path, "town")
    (tmp_path / "empty.pem").write_text("")
    with secured(towns) as address, requests.Session() as session:
        line = OfficeLine(address, session=session, ca_file=tmp_path / "empty.pem")
        with pytest.raises(UntrustedOffice):
            line.enrol(REQUEST)


def test_nobody_at_the_other_end_is_said_in_a_word() -> None:
    office = OfficeDouble()
    with office.open():
        address = office.address
    with requests.Session() as session, pytest.raises(Unreachable) as caught:
        OfficeLine(address, session=session).enrol(REQUEST)
    assert caught.value.word == "no_connection"


def test_an_answer_that_drips_for_ever_is_given_up() -> None:
    later = iter(range(0, 100_000, 60))
    office = OfficeDouble()
    office.tickets.add(REQUEST.token)
    with office.open(), requests.Session() as session:
        line = OfficeLine(office.address, session=session, ticks=lambda: float(next(later) * 3))
        with pytest.raises(Unreachable) as caught:
            line.enrol(REQUEST)
    assert caught.value.word == "answer_too_slow"


def test_what_is_said_is_never_more_than_the_office_takes() -> None:
    with requests.Session() as session:
        line = OfficeLine("http://127.0.0.1:9", session=session)
        with pytest.raises(ValueError, match="bytes"):
            line.enrol(EnrolRequest.model_validate({**REQUEST.model_dump(), "later": "x" * 300_000}))
