"""A world of two machines in network namespaces: the kiosk's and the office's, with a line between that can be spoilt.

Both namespaces belong to a process each, have no name and no way out, and are gone with these processes, which are gone
with the test run, be it by `kill -9`. Making them takes root (CAP_NET_ADMIN), `ip`, `nft`, `tc` and `nsenter`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.visit.town_hall import LEASHED, ROOT, Running, wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence

OFFICE_ADDRESS = "10.77.0.1"
KIOSK_ADDRESS = "10.77.0.2"
DOOR = 8443
OFFICE_URL = f"https://{OFFICE_ADDRESS}:{DOOR}"
_PLAIN_PORT = 8000
_WIRE = "wire"
_NEEDED = ("ip", "nft", "tc", "nsenter", "unshare", "setpriv")


def impossible() -> str:
    """Why such a world cannot be made here; empty if it can."""
    missing = [tool for tool in _NEEDED if shutil.which(tool) is None]
    if missing:
        return f"network namespaces need {', '.join(missing)}"
    tried = subprocess.run(
        ["unshare", "--net", "sh", "-c", "ip link set lo up && nft add table inet try"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return "" if tried.returncode == 0 else f"network namespaces are not allowed here: {tried.stderr.strip()}"


def _says(log: Path, word: str) -> bool:
    return word in log.read_text(encoding="utf-8")


def _ruled(rule: str) -> bytes:
    chain = f'chain input {{ type filter hook input priority 0; iif "{_WIRE}" {rule}; }}'
    return f"flush ruleset\ntable inet weather {{\n{chain}\n}}\n".encode()


@dataclass(frozen=True)
class Authority:
    """A certificate authority made for a test, and the office's certificate by it."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    ca_file: Path

    @classmethod
    def made(cls, folder: Path) -> Authority:
        folder.mkdir()
        name = _named(folder)
        key = ec.generate_private_key(ec.SECP256R1())
        ca = (
            _begun(name, name, key.public_key(), key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        made = cls(folder, key, folder / "ca.pem")
        made.ca_file.write_bytes(ca.public_bytes(Encoding.PEM))
        return made

    def issues(self, name: str, *, address: str = OFFICE_ADDRESS) -> Path:
        """Key and certificate in one file, for whoever is at `address`."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "office")])
        leaf = (
            _begun(subject, _named(self.folder), key.public_key(), self.key.public_key())
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs=False), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(address))]), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        chain = self.folder / f"{name}.pem"
        chain.write_bytes(private + leaf.public_bytes(Encoding.PEM))
        return chain


def _named(folder: Path) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Authority of {folder.name}")])


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, signer: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder(
            issuer, subject, key, x509.random_serial_number(), now - timedelta(days=1), now + timedelta(days=30)
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), critical=False)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, key_cert_sign=signs, crl_sign=signs, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


class Machine:
    """A namespace and the processes in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: list[Running] = []
        self._holder = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "sleep", "infinity"], start_new_session=True
        )
        own = Path("/proc/self/ns/net").readlink()
        wait_until("the namespace is there", lambda: Path(f"/proc/{self.process}/ns/net").readlink() != own)

    @property
    def process(self) -> int:
        """The process that keeps the namespace alive."""
        return self._holder.pid

    def does(self, *command: object, said: bytes | None = None) -> str:
        """Run a command in here to its end; its standard output."""
        done = subprocess.run(
            [*self._here(), *map(str, command)], input=said, capture_output=True, check=False, timeout=120, cwd=ROOT
        )
        assert done.returncode == 0, (command, done.stderr.decode())
        return done.stdout.decode()

    def starts(self, name: str, *command: object) -> Running:
        """Start a process in here."""
        log = self._folder / f"{name}.log"
        with log.open("ab") as out:
            process = subprocess.Popen(
                [*LEASHED, *self._here(), *map(str, command)], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                cwd=ROOT, start_new_session=True,
            )  # fmt: skip
        self._running.append(Running(name, process, log))
        return self._running[-1]

    def close(self) -> None:
        for running in reversed(self._running):
            running.end()
        self._holder.kill()
        self._holder.wait()

    def _here(self) -> Sequence[str]:
        return ("nsenter", f"--net=/proc/{self.process}/ns/net", "--")


class World:
    """The office behind a door that speaks TLS, and a line from a kiosk's machine to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trusted = Authority.made(folder / "trusted")
        self.office, self.kiosk = Machine(folder), Machine(folder)
        self._mischief = folder / "mischief.json"
        self._chain = self.trusted.issues("office")
        self._door: tuple[Path, Running] | None = None

    def open(self) -> None:
        """Lay the line, open the office."""
        subprocess.run(
            ["ip", "link", "add", _WIRE, "netns", str(self.office.process), "type", "veth",
             "peer", "name", _WIRE, "netns", str(self.kiosk.process)],
            check=True, capture_output=True,
        )  # fmt: skip
        for machine, address in ((self.office, OFFICE_ADDRESS), (self.kiosk, KIOSK_ADDRESS)):
            machine.does("ip", "link", "set", "lo", "up")
            machine.does("ip", "address", "add", f"{address}/24", "dev", _WIRE)
            machine.does("ip", "link", "set", _WIRE, "up")
        data = self.folder / "office"
        data.mkdir()
        (data / "office.toml").write_text(f'hosts = ["{OFFICE_ADDRESS}"]\nbehind_proxy = true\n')
        self.command("demo", "--letters", self.folder / "letters", "--documents", "40")
        self.heal()
        self.office.starts("office", *self._argv("serve"), "--port", _PLAIN_PORT)
        self.door_of(self._chain)
        wait_until("the office is ready", partial(_says, self.folder / "office.log", "ready"), 60)

    def close(self) -> None:
        self.kiosk.close()
        self.office.close()

    def command(self, *command: object) -> str:
        """One of the office's commands, on the office's machine."""
        return self.office.does(*self._argv(*command))

    def ticket(self) -> str:
        return str(
            json.loads(self.command("enrol-token", "--site", "Foyer", "--office", OFFICE_URL, "--json"))["token"]
        )

    def seconds_reported(self, kiosk: str) -> list[int]:
        """How long each visit took that the office heard of from this kiosk; the stories number their visits by it."""
        asked = f"list(Visit.objects.filter(kiosk='{kiosk}').order_by('seconds').values_list('seconds', flat=True))"
        code = f"import json; from central_office.office.models import *; print(json.dumps({asked}))"
        return list(json.loads(self.command("manage", "shell", "-c", code).splitlines()[-1]))

    # What may happen to a line

    def door_of(self, chain: Path) -> None:
        """Whoever has this certificate stands where the office stood."""
        if self._door is not None:
            self._door[1].end()
        self._door = chain, self.office.starts(
            f"door-{chain.parent.name}-{chain.stem}", sys.executable, "-m", "tests.network.door", chain,
            self._mischief, OFFICE_ADDRESS, DOOR, _PLAIN_PORT,
        )  # fmt: skip
        opened = self._door[1]
        wait_until("the door is open", lambda: opened.said().rstrip().endswith("open"), 60)

    def lose(self, percent: int) -> None:
        """So many of a hundred packets vanish, each way."""
        self._rule(f"numgen random mod 100 < {percent} drop")

    def cut(self) -> None:
        """Nothing comes through, and nobody is told."""
        self._rule("drop")

    def cut_answers(self) -> None:
        """The office hears everything; of what it says nothing comes through."""
        self.kiosk.does("nft", "-f", "-", said=_ruled("drop"))

    def reset(self, percent: int) -> None:
        """So many of a hundred packets end their connection at once."""
        self._rule(f"meta l4proto tcp numgen random mod 100 < {percent} reject with tcp reset")

    def slow(self, rate: str) -> None:
        """No more than `rate` from the office."""
        self.office.does(
            "tc", "qdisc", "replace", "dev", _WIRE, "root", "tbf", "rate", rate, "burst", "8kb", "latency", "800ms"
        )

    def mischief(self, **share: float) -> None:
        """Tear, double or delay this share of requests at the door."""
        draft = self._mischief.with_suffix(".draft")
        draft.write_text(json.dumps(share))
        draft.replace(self._mischief)

    def heal(self) -> None:
        """All is well again."""
        self.mischief()
        if self._door is not None and self._door[0] != self._chain:
            self.door_of(self._chain)
        for machine in (self.office, self.kiosk):
            machine.does("nft", "flush", "ruleset")
        self.office.does("sh", "-c", f"tc qdisc del dev {_WIRE} root 2>/dev/null || true")

    def _rule(self, rule: str) -> None:
        for machine in (self.office, self.kiosk):
            machine.does("nft", "-f", "-", said=_ruled(rule))

    def _argv(self, command: object, *rest: object) -> tuple[object, ...]:
        return (sys.executable, "-m", "central_office.cli", command, "--data", self.folder / "office", *rest)
