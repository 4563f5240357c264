"""Whom a city trusts: certificates by themselves, master lists that one of them signed, revocation lists."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING

from devices.cards.anchors import NOBODY, laid_down
from devices.drivers.pcsc_reader.trust_folder import LARGEST, Survey, TrustFolder
from tests.devices.cards.issuing import NOW, YEAR, Country, integer, sequence, set_of

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

GERMANY, FRANCE, STRANGER = Country.new("DE"), Country.new("FR"), Country.new("XX")


def pem(der: bytes, kind: str = "CERTIFICATE") -> bytes:
    return f"-----BEGIN {kind}-----\n{base64.encodebytes(der).decode()}-----END {kind}-----\n".encode()


def test_certificates_are_taken_in_bytes_and_in_letters() -> None:
    both = pem(GERMANY.authority_certificate) + b"and\n" + pem(FRANCE.authority_certificate)
    for files in (
        [("a.crt", GERMANY.authority_certificate), ("b.CER", FRANCE.authority_certificate)],
        [("both.pem", both)],
    ):
        found = laid_down(files, NOW)
        assert (found.certificates, found.lists, found.problems) == (2, 0, ())


def test_a_master_list_counts_when_its_signer_leads_to_a_certificate_laid_down() -> None:
    listed = GERMANY.master_list(FRANCE.authority_certificate)
    found = laid_down([("de.crt", GERMANY.authority_certificate), ("list.ml", listed)], NOW)
    assert (found.certificates, found.problems) == (2, ())


def test_a_master_list_that_vouches_for_itself_counts_for_nothing() -> None:
    forged = STRANGER.master_list(STRANGER.authority_certificate)
    for files in ([("list.ml", forged)], [("de.crt", GERMANY.authority_certificate), ("list.ml", forged)]):
        found = laid_down(files, NOW)
        assert found.certificates == len(files) - 1
        assert found.problems == ("list.ml: no country vouches for the signer",)


def test_a_key_that_signs_documents_makes_no_master_list() -> None:
    made = GERMANY.sign("2.23.136.1.1.2", sequence(integer(0), set_of(STRANGER.authority_certificate)))
    found = laid_down([("de.crt", GERMANY.authority_certificate), ("list.ml", made)], NOW)
    assert found.certificates == 1
    assert found.problems == ("list.ml: signed with a key that is not for master lists",)


def test_one_master_list_does_not_vouch_for_the_next() -> None:
    first = GERMANY.master_list(FRANCE.authority_certificate)
    second = FRANCE.master_list(STRANGER.authority_certificate)
    found = laid_down([("de.crt", GERMANY.authority_certificate), ("a.ml", first), ("b.ml", second)], NOW)
    assert found.certificates == 2
    assert found.problems == ("b.ml: no country vouches for the signer",)


def test_a_master_list_signed_by_a_key_that_was_revoked_or_has_expired_counts_for_nothing() -> None:
    revoked = GERMANY.master_list(FRANCE.authority_certificate)
    files = [("de.crt", GERMANY.authority_certificate), ("de.crl", GERMANY.revocation_list(7)), ("list.ml", revoked)]
    found = laid_down(files, NOW)
    assert (found.certificates, found.lists) == (1, 1)
    assert len(found.problems) == 1
    found = laid_down([files[0], ("list.ml", revoked)], NOW + 30 * YEAR)
    assert found.certificates == 1
    assert len(found.problems) == 1


def test_what_cannot_be_used_is_told_and_does_not_stop_the_rest() -> None:
    spoilt = GERMANY.master_list(FRANCE.authority_certificate, b"\x30\x03\x02\x01\x00")
    found = laid_down(
        [
            ("README", b"where these come from"),
            ("de.crt", GERMANY.authority_certificate),
            ("empty.crl", b""),
            ("broken.pem", b"-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n"),
            ("list.ml", spoilt),
        ],
        NOW,
    )
    assert found.certificates == 2
    assert [problem.split(":")[0] for problem in found.problems] == ["README", "empty.crl", "broken.pem", "list.ml"]


def test_a_folder_is_read_once_and_a_missing_one_trusts_nobody(tmp_path: Path) -> None:
    times = 0

    def now() -> datetime:
        nonlocal times
        times += 1
        return NOW

    (tmp_path / "icao").mkdir()
    (tmp_path / "icao" / "de.crt").write_bytes(GERMANY.authority_certificate)
    (tmp_path / "icao" / "folder").mkdir()
    with (tmp_path / "icao" / "huge.crt").open("wb") as huge:
        huge.truncate(LARGEST + 1)
    folder = TrustFolder(str(tmp_path), now)
    assert folder.of("icao").certificates == 1
    assert len(folder.of("icao").problems) == 1
    assert times == 1
    assert folder.of("be").certificates == 0
    folder.read_all()
    assert TrustFolder("", now).of("icao") is NOBODY


def test_a_technician_is_told_whose_cards_are_believed(tmp_path: Path) -> None:
    def survey(folder: str) -> Survey:
        return TrustFolder(folder, lambda: NOW).survey()

    assert not survey("").believes
    assert "is no folder" in survey(str(tmp_path / "missing")).says
    assert "is empty" in survey(str(tmp_path)).says
    (tmp_path / "icao").mkdir()
    (tmp_path / "icao" / "de.crt").write_bytes(GERMANY.authority_certificate)
    (tmp_path / "icao" / "de.crl").write_bytes(GERMANY.revocation_list())
    assert ("this account may write there" in survey(str(tmp_path)).says) is (os.geteuid() != 0)
    tmp_path.chmod(0o555)
    assert survey(str(tmp_path)) == Survey(believes=True, says="icao: 1 certificates, 1 revocation lists")
    (tmp_path / "icao" / "notes.txt").write_bytes(b"")
    assert not survey(str(tmp_path)).believes
    assert "icao/notes.txt: is no .crt" in survey(str(tmp_path)).says
    tmp_path.chmod(0o755)
