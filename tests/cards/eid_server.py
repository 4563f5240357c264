"""A municipality's eID service for tests: it reads a card through the client, and tells the kiosk whose it is.

Channel and messages are those of TR-03112-6 and -7 and TR-03124-1 (PAOS over https: StartPAOS, EAC1, EAC2, Transmit);
terminal and chip authentication those of TR-03110-2, 3.3 and 3.4. It believes what the chip says without asking for the
chip's papers, and has no key shared with the client: a real one must not.
"""

from __future__ import annotations

import json
import queue
import secrets
import threading
import uuid
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final, Self
from xml.etree import ElementTree as ET

from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric import ec

from devices.cards.apdu import CommandApdu, ResponseApdu
from devices.cards.ciphers import Suite
from devices.cards.secure_messaging import SecureChannel, SessionKeys
from devices.cards.tlv import encode, oid_bytes, parse
from tests.cards.eid_server_pki import (
    ADDRESS,
    BIRTH_DATE,
    CAN_ALLOWED,
    FAMILY_NAME,
    GIVEN_NAMES,
    Papers,
    TlsKey,
    new_key,
    point,
    signed,
    template,
)

if TYPE_CHECKING:
    from pathlib import Path

NEEDED: Final = GIVEN_NAMES | FAMILY_NAME | BIRTH_DATE
_EID: Final = bytes.fromhex("E80704007F00070302")
_CHIP_KEY: Final = "0.4.0.127.0.7.2.2.1.2"
_CHIP_SUITE: Final = "0.4.0.127.0.7.2.2.3.2.2"
"""Chip authentication with elliptic curves and AES-128, which is what the emulated chip does."""
_TECH: Final = "urn:iso:std:iso-iec:24727:tech:schema"
_ECARD: Final = "http://www.bsi.bund.de/ecard/api/1.1"
_DSS: Final = "urn:oasis:names:tc:dss:1.0:core:schema"
_WSA: Final = "http://www.w3.org/2005/03/addressing"
_SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_OK: Final = f"{_ECARD}/resultmajor#ok"
_ERROR: Final = f"{_ECARD}/resultmajor#error"
_PATIENCE: Final = 20.0


class Broken(Exception):
    """The client said what does not follow, or went away."""


class Session:
    """One identification: a thread that asks, and the requests that answer it."""

    def __init__(self, service: EidService) -> None:
        self._service = service
        self._requests: queue.Queue[ET.Element | None] = queue.Queue()
        self._replies: queue.Queue[str] = queue.Queue()
        self._last_id = ""
        self.holder: dict[str, str] | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def reply_to(self, request: ET.Element) -> str:
        """What the client hears to what it said."""
        self._requests.put(request)
        return self._replies.get(timeout=_PATIENCE)

    def end(self) -> None:
        """Forget the client."""
        self._requests.put(None)

    def _heard(self) -> ET.Element:
        request = self._requests.get(timeout=_PATIENCE)
        if request is None:
            raise Broken
        self._last_id = request.findtext(f".//{{{_WSA}}}MessageID", "")
        return request

    def _asked(self, body: str) -> ET.Element:
        self._replies.put(self._enveloped(body))
        return self._heard()

    def _enveloped(self, body: str) -> str:
        head = f"<a:RelatesTo>{self._last_id}</a:RelatesTo><a:MessageID>urn:uuid:{uuid.uuid4()}</a:MessageID>"
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="{_SOAP}" xmlns:a="{_WSA}">'
            f"<s:Header>{head}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
        )

    def _run(self) -> None:
        try:
            started = self._heard()
            handle = _handle(started)
            self._asked(f'<InitializeFramework xmlns="{_ECARD}"/>')
            well = self._identify(handle)
        except (Broken, queue.Empty):
            return
        major = _OK if well else _ERROR
        result = f'<Result xmlns="{_DSS}"><ResultMajor>{major}</ResultMajor></Result>'
        self._replies.put(self._enveloped(f'<StartPAOSResponse xmlns="{_TECH}">{result}</StartPAOSResponse>'))

    def _identify(self, handle: str) -> bool:
        papers, key = self._service.papers, _ephemeral()
        said = self._asked(_authenticate(handle, "EAC1", self._offer()))
        picc, challenge = _octets(said, "IDPICC"), _octets(said, "Challenge")
        if not picc or not challenge:
            return False
        public = point(key)
        signature = signed(papers.key, picc + challenge + public[1:33])
        both = _field("EphemeralPublicKey", public) + _field("Signature", signature)
        said = self._asked(_authenticate(handle, "EAC2", both))
        security, nonce = _octets(said, "EFCardSecurity"), _octets(said, "Nonce")
        if not security or not nonce:
            return False
        keys = _session_keys(key, security, nonce)
        if _octets(said, "AuthenticationToken") != _token(keys, public):
            return False
        channel = SecureChannel(_Transmission(self, said), keys)
        channel.exchange(CommandApdu(0, 0xA4, 4, 0x0C, _EID))
        given, family, born = (_text(channel, group) for group in (4, 5, 8))
        birth = f"{born[:4]}-{born[4:6]}-{born[6:8]}"
        self.holder = {"family_name": family, "given_names": given, "birth_date": birth}
        return True

    def _offer(self) -> str:
        service = self._service
        offered = "".join(_field("Certificate", each) for each in service.papers.chain)
        offered += _field("CertificateDescription", service.papers.description)
        offered += _field("RequiredCHAT", template(service.required))
        return offered + _field("OptionalCHAT", template(service.optional))

    def transmitted(self, handle: str, command: bytes) -> bytes:
        """A command carried out by the card."""
        slot = f"<SlotHandle>{handle}</SlotHandle><InputAPDUInfo>{_field('InputAPDU', command)}</InputAPDUInfo>"
        said = self._asked(f'<Transmit xmlns="{_TECH}">{slot}</Transmit>')
        answer = _octets(said, "OutputAPDU")
        if not answer:
            raise Broken
        return answer


class _Transmission:
    """The card at the other end of the client, as a link for commands that are already secured."""

    def __init__(self, session: Session, said: ET.Element) -> None:
        self._session = session
        self._slot = said.findtext(f".//{{{_TECH}}}SlotHandle", "00")

    def exchange(self, command: CommandApdu) -> ResponseApdu:
        return ResponseApdu.decode(self._session.transmitted(self._slot, command.encode()))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65_536  # head and body together: apart, each waits 40 ms to be acknowledged
    server: _Door

    def do_GET(self) -> None:
        status, body, kind = self.server.service.page(self.path)
        self._answer(status, body, kind)

    def do_POST(self) -> None:
        said = self.rfile.read(int(self.headers["Content-Length"]))
        reply = self.server.service.paos(ET.fromstring(said))
        self._answer(200, reply.encode("utf-8"), "application/vnd.paos+xml; charset=UTF-8")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the library
        """Nothing of it matters."""

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Door(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, service: EidService) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.service = service

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no error here."""


class EidService:
    """Where a kiosk begins an identification and collects what came of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        tls = TlsKey.new(folder)
        self._plain, self._secured = _Door(self), _Door(self)
        self._secured.socket = tls.context.wrap_socket(self._secured.socket, server_side=True)
        self.address = f"http://127.0.0.1:{self._plain.server_port}"
        self.papers = Papers.new(self.address, tls.certificate, NEEDED | ADDRESS | CAN_ALLOWED)
        self.required, self.optional = NEEDED, 0
        self._sessions: dict[str, Session] = {}
        self._doors = ExitStack()
        self._last = ""

    @property
    def tc_token(self) -> str:
        """Where it begins."""
        return f"{self.address}/tc-token"

    def page(self, path: str) -> tuple[int, bytes, str]:
        """What the kiosk or the client is shown."""
        name = path.partition("?")[0]
        if name == "/tc-token":
            session = secrets.token_hex(16)
            self._sessions[session] = Session(self)
            return 200, self._token(session).encode("utf-8"), "text/xml; charset=UTF-8"
        session_found = self._sessions.get(name.removeprefix("/result/"))
        if session_found is None or session_found.holder is None:
            return 404, b"", "text/plain"
        told, session_found.holder = session_found.holder, None  # once
        return 200, json.dumps(told).encode("utf-8"), "application/json"

    def paos(self, request: ET.Element) -> str:
        """What the client hears to what it said; only the first message names its session, the others follow it."""
        named = request.findtext(f".//{{{_TECH}}}SessionIdentifier") or self._last
        self._last = named
        return self._sessions[named].reply_to(request)

    def __enter__(self) -> Self:
        for door in (self._plain, self._secured):
            thread = threading.Thread(target=door.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            thread.start()
            self._doors.callback(thread.join)
            self._doors.callback(door.server_close)
            self._doors.callback(door.shutdown)
        return self

    def __exit__(self, *_: object) -> None:
        for session in self._sessions.values():
            session.end()
            session.thread.join(_PATIENCE)
        self._doors.close()

    def _token(self, session: str) -> str:
        server = f"https://127.0.0.1:{self._secured.server_port}/paos"
        return (
            f"<TCTokenType><ServerAddress>{server}</ServerAddress><SessionIdentifier>{session}</SessionIdentifier>"
            f"<RefreshAddress>{self.address}/result/{session}</RefreshAddress>"
            f"<CommunicationErrorAddress>{self.address}/failed</CommunicationErrorAddress>"
            "<Binding>urn:liberty:paos:2006-08</Binding></TCTokenType>"
        )


def _ephemeral() -> ec.EllipticCurvePrivateKey:
    """The emulated chip's library (OpenPACE) stumbles over a coordinate that begins with a zero."""
    key = new_key()
    while point(key)[1] == 0:
        key = new_key()
    return key


def _field(name: str, octets: bytes) -> str:
    return f"<{name}>{octets.hex().upper()}</{name}>"


def _octets(said: ET.Element, name: str) -> bytes:
    return bytes.fromhex(said.findtext(f".//{{{_TECH}}}{name}", ""))


def _handle(said: ET.Element) -> str:
    """What the client calls its card, handed back to it."""
    fields = ("ContextHandle", "IFDName", "SlotIndex", "CardApplication", "SlotHandle")
    told = {name: said.findtext(f".//{{{_TECH}}}{name}") for name in fields}
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in told.items() if text is not None)
    return f"<ConnectionHandle>{inner}</ConnectionHandle><DIDName>PIN</DIDName>"


def _authenticate(handle: str, step: str, fields: str) -> str:
    kind = f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="{step}InputType"'
    content = f'<AuthenticationProtocolData Protocol="urn:oid:1.3.162.15480.3.0.14.2" {kind}>{fields}'
    return f'<DIDAuthenticate xmlns="{_TECH}">{handle}{content}</AuthenticationProtocolData></DIDAuthenticate>'


def _session_keys(key: ec.EllipticCurvePrivateKey, security: bytes, nonce: bytes) -> SessionKeys:
    """What terminal and chip share after chip authentication (TR-03110-3, A.2.3.2)."""
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.BrainpoolP256R1(), _chip_key(security))
    return SessionKeys.derived(Suite.AES128, key.exchange(ec.ECDH(), public) + nonce)


def _chip_key(security: bytes) -> bytes:
    content = cms.ContentInfo.load(security)["content"]["encap_content_info"]["content"].native
    infos = parse(parse(content)[0].value)
    for info in infos:
        kind, *rest = info.children()
        if kind.value == oid_bytes(_CHIP_KEY):
            # SubjectPublicKeyInfo: algorithm, and the point behind the count of unused bits
            return rest[0].children()[1].value[1:]
    raise Broken


def _token(keys: SessionKeys, public: bytes) -> bytes:
    """What proves that the chip has the same keys (TR-03110-3, A.2.4)."""
    body = encode(0x06, oid_bytes(_CHIP_SUITE)) + encode(0x86, public)
    return keys.suite.mac(keys.mac, encode(0x7F49, body))


def _text(channel: SecureChannel, group: int) -> str:
    """The text in a small data group, chosen by its short number."""
    answer = channel.exchange(CommandApdu(0, 0xB0, 0x80 | group, 0, le=256))
    (whole,) = parse(answer.data)
    return whole.children()[0].value.decode("utf-8")
