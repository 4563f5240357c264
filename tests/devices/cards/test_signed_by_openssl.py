"""Signed files made by openssl's own command, on curves and with paddings of real issuers: another hand than ours."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from devices.cards.certificates import Certificate
from devices.cards.passive import Finding, Trust, authenticate
from devices.cards.tlv import encode
from tests.devices.cards.issuing import security_object

if TYPE_CHECKING:
    from pathlib import Path

FILES = {1: b"one", 14: b"two"}
LDS = "2.23.136.1.1.1"
HANDS = {
    "a named curve": ("brainpoolP384r1", "named_curve", "sha384", []),
    "a curve spelled out": ("secp521r1", "explicit", "sha512", []),
    "a curve spelled out that cryptography has not": ("brainpoolP320r1", "explicit", "sha256", []),
    "RSA-PSS": ("", "", "sha256", ["-keyopt", "rsa_padding_mode:pss"]),
    "an old hash and a key identifier": ("", "", "sha1", ["-keyid"]),
}


@pytest.mark.parametrize("hand", HANDS)
def test_what_openssl_signed_is_signed(hand: str, tmp_path: Path) -> None:
    curve, encoding, digest, extra = HANDS[hand]
    command = shutil.which("openssl")
    assert command is not None, "openssl is missing: apt-get install openssl"

    def openssl(*arguments: str) -> None:
        subprocess.run([command, *arguments], cwd=tmp_path, check=True, capture_output=True, timeout=60)

    for key in ("ca.key", "ds.key"):
        if curve:
            openssl("ecparam", "-name", curve, "-genkey", "-param_enc", encoding, "-noout", "-out", key)
        else:
            openssl("genrsa", "-out", key, "2048")
    strong = "sha256" if digest == "sha1" else digest
    openssl(
        "req", "-x509", "-new", "-key", "ca.key", f"-{strong}", "-subj", "/C=UT/CN=CSCA", "-days", "9", "-out", "ca.pem"
    )
    openssl("req", "-new", "-key", "ds.key", "-subj", "/C=UT/CN=DS", "-out", "ds.csr")
    openssl("x509", "-req", "-in", "ds.csr", "-CA", "ca.pem", "-CAkey", "ca.key", f"-{strong}", "-set_serial", "77",
            "-days", "9", "-extfile", _key_ids(tmp_path), "-out", "ds.pem")  # fmt: skip
    openssl("x509", "-in", "ca.pem", "-outform", "DER", "-out", "ca.der")
    (tmp_path / "lds").write_bytes(security_object(FILES))
    openssl("cms", "-sign", "-binary", "-nodetach", "-econtent_type", LDS, "-md", digest, "-in", "lds",
            "-signer", "ds.pem", "-inkey", "ds.key", *extra, "-outform", "DER", "-out", "sod")  # fmt: skip

    sod = encode(0x77, (tmp_path / "sod").read_bytes())
    trust = Trust([Certificate.parse((tmp_path / "ca.der").read_bytes())])
    soon = datetime.now(UTC) + timedelta(hours=1)  # openssl dates certificates by the real clock
    verdict = authenticate(sod, FILES, trust, soon)
    assert (verdict.finding, verdict.proven, verdict.country) == (Finding.SIGNED, (1, 14), "UT")
    assert authenticate(sod, FILES | {1: b"other"}, trust, soon).finding is Finding.HASH_WRONG
    assert authenticate(sod, FILES, trust, soon + timedelta(days=30)).finding is Finding.SIGNER_EXPIRED


def _key_ids(folder: Path) -> str:
    (folder / "extensions").write_text("subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n")
    return "extensions"
