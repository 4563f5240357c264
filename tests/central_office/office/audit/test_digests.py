"""Every day is signed once, and what was signed can be held against the office later, by anybody."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.db import DatabaseError, connection, transaction

from central_office.office import durability
from central_office.office.audit.digest import FIRST, NotADigest, public, read, sign
from central_office.office.audit.signing import ClockRanAway, KeyBroken, kept_key, make_missing, signing_key
from central_office.office.audit.watch import day_by_day
from central_office.office.models import DailyDigest, DeskEntry, EnrolmentToken, Kiosk, ReceivedCommand, Town

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client

    from central_office.office.audit.digest import Signed
    from central_office.office.audit.verifying import Report
    from tests.central_office.conftest import HandClock
    from tests.central_office.kiosk_end import KioskEnd

FIRST_DAY = date(2026, 6, 16)


@pytest.fixture
def signed(kiosk: KioskEnd, next_day: Callable[[], list[Signed]]) -> Signed:
    """The digest of a day on which the kiosk in the foyer told three things."""
    kiosk.sync(kiosk.commands(3))
    return next_day()[0]


def test_the_digest_of_a_day_names_every_kiosk_and_its_head(kiosk: KioskEnd, signed: Signed) -> None:
    digest = signed.digest
    assert (digest.day, digest.prev, digest.town) == (FIRST_DAY, FIRST, Town.objects.get().key)
    head = digest.kiosks[0]
    assert (head.device, head.db, head.first, head.seq, head.hash) == ("MS-01", kiosk.database, 1, 3, kiosk.prev)


def test_anybody_with_the_public_key_can_check_it_without_this_program(office: Path, signed: Signed) -> None:
    text, second = signed.file.splitlines()
    _, key, signature = second.split()
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), text.encode())
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))
    assert key == public(signing_key(office))


def test_a_day_that_has_its_digest_gets_no_other(office: Path, signed: Signed, clock: HandClock) -> None:
    assert make_missing(signing_key(office), clock()) == []
    assert make_missing(Ed25519PrivateKey.generate(), clock()) == []
    assert DailyDigest.objects.get().signed == signed


def test_days_on_which_the_office_was_off_are_caught_up(
    office: Path, kiosk: KioskEnd, signed: Signed, clock: HandClock
) -> None:
    kiosk.sync(kiosk.commands(2))
    clock.forward(days=3)
    second, third, fourth = make_missing(signing_key(office), clock())
    assert [one.digest.day - FIRST_DAY for one in (second, third, fourth)] == [timedelta(n) for n in (1, 2, 3)]
    assert [one.digest.kiosks[0].seq for one in (second, third, fourth)] == [5, 5, 5]
    assert (second.digest.prev, third.digest.prev) == (signed.sha256, second.sha256)
    assert second.sha256 == sha256(second.text.encode()).hexdigest()


def test_what_comes_after_midnight_belongs_to_the_next_day(office: Path, kiosk: KioskEnd, clock: HandClock) -> None:
    kiosk.sync(kiosk.commands(1))
    clock.moment = clock.moment.replace(day=17, hour=0, minute=1)
    kiosk.sync(kiosk.commands(1))
    assert make_missing(signing_key(office), clock()) == []  # yesterday's transactions may still be on their way
    clock.forward(minutes=10)
    assert make_missing(signing_key(office), clock())[0].digest.kiosks[0].seq == 1


def test_an_office_that_heard_nothing_signs_nothing(office: Path, kiosk: KioskEnd, clock: HandClock) -> None:
    assert make_missing(signing_key(office), clock.forward(days=9)) == []


def test_a_clock_that_ran_years_ahead_signs_nothing_without_a_person(
    office: Path, signed: Signed, clock: HandClock
) -> None:
    with pytest.raises(ClockRanAway, match="date is right"):
        make_missing(signing_key(office), clock.forward(days=93))
    assert DailyDigest.objects.count() == 1
    assert len(make_missing(signing_key(office), clock(), at_most=None)) == 93


def test_the_database_refuses_to_change_a_digest(signed: Signed) -> None:
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        DailyDigest.objects.update(text="{}")


def test_the_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    assert kept_key(tmp_path) is None
    key = signing_key(tmp_path)
    assert public(signing_key(tmp_path)) == public(key)
    assert (tmp_path / "audit_key").stat().st_mode & 0o077 == 0
    (tmp_path / "audit_key").write_text("something else")
    with pytest.raises(KeyBroken, match="this is no key"):
        signing_key(tmp_path)


def test_the_file_fits_the_office_that_signed_it(signed: Signed, verified: Callable[..., Report]) -> None:
    report = verified(read(signed.file))
    assert report.findings == []
    assert "1 of 1 digests of the file fit what the office has." in report.sound


def test_a_digest_that_was_written_by_somebody_else_is_found(signed: Signed, verified: Callable[..., Report]) -> None:
    other = Ed25519PrivateKey.generate()
    for forged, says in (
        (replace(signed, text=signed.text.replace('"seq":3', '"seq":2')), "does not fit its signature"),
        (sign(signed.digest, other), f"was signed with the key {public(other)}"),
        (replace(signed, text=signed.text.replace(":", ": ", 1)), "not in its canonical form"),
        (replace(signed, text='{"what":1}'), "is no digest"),
    ):
        findings = verified([forged]).findings
        assert [one.kind for one in findings] == ["digest"]
        assert says in findings[0].says


def test_a_file_that_is_none_says_where(signed: Signed) -> None:
    for text in ("", signed.text, signed.file + "what\n", f"{signed.text}\ned25519 00 00\n"):
        with pytest.raises(NotADigest):
            read(text)


def test_a_digest_of_another_town_is_no_evidence_here(
    office: Path, signed: Signed, verified: Callable[..., Report]
) -> None:
    elsewhere = sign(signed.digest.model_copy(update={"town": "01234567"}), signing_key(office))
    assert "of the town 01234567" in verified([elsewhere]).findings[0].says


def test_two_digests_of_one_day_are_a_fork_of_the_office(
    office: Path, signed: Signed, verified: Callable[..., Report]
) -> None:
    other = sign(signed.digest.model_copy(update={"kiosks": ()}), signing_key(office))
    assert [one.says for one in verified([other]).findings] == [
        "The office signed two different digests of 2026-06-16."
    ]


def test_a_day_that_was_signed_in_an_earlier_life_and_again_in_this_one_is_no_fork(
    office: Path, signed: Signed, verified: Callable[..., Report]
) -> None:
    other = sign(signed.digest.model_copy(update={"epoch": "e0"}), signing_key(office))
    report = verified([other])
    assert report.findings == []
    assert "The digest of 2026-06-16 was signed anew after the office came back from a backup." in report.notes


def test_somebody_deletes_a_digest_and_the_next_one_misses_it(
    signed: Signed, next_day: Callable[[], list[Signed]], verified: Callable[..., Report]
) -> None:
    next_day()
    next_day()
    DailyDigest.objects.filter(day=FIRST_DAY + timedelta(days=1)).delete()
    assert "does not name that of 2026-06-16" in verified().findings[0].says
    DailyDigest.objects.filter(day=FIRST_DAY).delete()
    assert "older ones are gone" in verified().findings[0].says


def test_somebody_takes_away_the_kiosk_with_all_it_said(
    signed: Signed, next_day: Callable[[], list[Signed]], verified: Callable[..., Report]
) -> None:
    EnrolmentToken.objects.all().delete()
    Kiosk.objects.all().delete()
    assert "does not know this kiosk any more" in verified().findings[0].says
    next_day()
    assert [one.kind for one in verified().findings] == ["gap", "gap"]


def test_an_office_that_came_back_from_a_backup_is_no_tampering_until_its_kiosks_have_spoken(
    town: Town, kiosk: KioskEnd, signed: Signed, verified: Callable[..., Report]
) -> None:
    # As after a copy that is older than the third command, and than the digest.
    third = ReceivedCommand.objects.get(seq=3)
    ReceivedCommand.objects.filter(seq=3).delete()
    Kiosk.objects.update(last_seq=2, head=third.prev)
    DailyDigest.objects.all().delete()
    same_life = verified([signed])
    assert [one.seq for one in same_life.findings] == [0, 3]
    epoch = durability.begin_new_life()
    report = verified([signed])
    assert report.findings == []
    assert any("this is no tampering" in note for note in report.notes)
    Kiosk.objects.update(confirmed=epoch)
    report = verified([signed])
    assert [(one.kind, one.seq) for one in report.findings] == [("gap", 3)]
    assert "The kiosk has spoken since" in report.findings[0].says


def test_a_kiosk_that_tells_another_story_after_a_restore_is_found(
    kiosk: KioskEnd, signed: Signed, verified: Callable[..., Report], next_day: Callable[[], list[Signed]]
) -> None:
    third = ReceivedCommand.objects.get(seq=3)
    ReceivedCommand.objects.filter(seq=3).delete()
    Kiosk.objects.update(last_seq=2, head=third.prev)
    DailyDigest.objects.all().delete()
    durability.begin_new_life()
    kiosk.last, kiosk.prev = 2, third.prev
    kiosk.sync(kiosk.commands(1))
    next_day()
    report = verified([signed])
    assert [(one.kind, one.seq) for one in report.findings] == [("altered", 3)]


def test_the_day_is_signed_and_what_was_found_lies_on_the_desk(
    office: Path, kiosk: KioskEnd, signed: Signed, clock: HandClock, technician: Client
) -> None:
    kiosk.sync(kiosk.commands(3))
    ReceivedCommand.objects.filter(seq=5).update(type="x.y")
    day_by_day(office, clock())
    assert not DeskEntry.objects.exists()  # the day is not over
    day_by_day(office, clock.forward(days=1))
    day_by_day(office, clock.forward(days=1))
    assert [(one.kind, one.seq) for one in DeskEntry.objects.all()] == [("altered", 5)]
    assert "Im Amt verändert" in technician.get("/klaeren/").content.decode()
    assert DailyDigest.objects.count() == 3


def test_a_digest_that_somebody_changed_is_found_and_signing_goes_on(
    office: Path, kiosk: KioskEnd, signed: Signed, clock: HandClock, verified: Callable[..., Report]
) -> None:
    for text in (signed.text.replace('"seq":3', '"seq":2'), "what?", "für"):
        DailyDigest.objects.filter(day__gt=FIRST_DAY).delete()
        DailyDigest.objects.all().delete()
        DailyDigest.of(replace(signed, text=text), FIRST_DAY, "e", clock()).save()
        day_by_day(office, clock.forward(days=1))
        assert DailyDigest.objects.latest("day").heads["MS-01"].seq == 3
        assert "digest" in {one.kind for one in verified().findings}


def test_a_hash_that_somebody_made_none_is_signed_as_it_stands_and_found(
    office: Path, kiosk: KioskEnd, clock: HandClock, verified: Callable[..., Report]
) -> None:
    kiosk.sync(kiosk.commands(2))
    ReceivedCommand.objects.filter(seq=2).update(hash="what?")
    Kiosk.objects.update(state="odd")
    day_by_day(office, clock.forward(days=1))
    assert DailyDigest.objects.get().heads["MS-01"].hash == "what?"
    assert {(one.kind, one.seq) for one in verified().findings} == {("altered", 2)}


def test_two_processes_that_sign_at_once_sign_once(office: Path, kiosk: KioskEnd, clock: HandClock) -> None:
    kiosk.sync(kiosk.commands(1))
    at = clock.forward(days=5)

    def sign_too() -> None:
        try:
            make_missing(signing_key(office), at)
        finally:
            connection.close()

    threads = [threading.Thread(target=sign_too) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert DailyDigest.objects.count() == 1
    make_missing(signing_key(office), at)
    assert DailyDigest.objects.count() == 1


def test_after_a_sunday_old_commands_are_looked_at_too(
    office: Path, kiosk: KioskEnd, signed: Signed, clock: HandClock
) -> None:
    ReceivedCommand.objects.filter(seq=2).update(type="x.y")  # it was signed long ago
    day_by_day(office, clock.forward(days=1))
    assert not DeskEntry.objects.exists()
    day_by_day(office, clock.forward(days=4))  # it is Monday
    assert [(one.kind, one.seq) for one in DeskEntry.objects.all()] == [("altered", 2)]


def test_technicians_download_the_digests_and_clerks_do_not(signed: Signed, technician: Client, clerk: Client) -> None:
    page = technician.get("/nachweise/").content.decode()
    assert signed.key in page
    assert signed.sha256[:16] in page
    assert read(technician.get("/nachweise/2026-06-16.txt").content.decode()) == [signed]
    assert read(technician.get("/nachweise/alle.txt").content.decode()) == [signed]
    for address in ("/nachweise/2026-06-17.txt", "/nachweise/2026-13-45.txt"):
        assert technician.get(address).status_code == 404
    for address in ("/nachweise/", "/nachweise/alle.txt", "/nachweise/2026-06-16.txt"):
        assert clerk.get(address).status_code == 403


def test_the_page_says_when_there_is_none_yet(technician: Client) -> None:
    assert "Noch kein Tagesnachweis" in technician.get("/nachweise/").content.decode()
