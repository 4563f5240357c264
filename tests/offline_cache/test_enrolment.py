"""How a machine becomes a kiosk, and what can go wrong while a technician stands in front of it."""

from __future__ import annotations

import stat
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from central_office.contract.enrolment_ticket import NotATicket, token_from
from central_office.contract.fingerprint import fingerprint
from central_office.contract.messages import DeviceId, EnrolAnswer
from offline_cache import enrolment
from offline_cache import identity as identities
from offline_cache.courier import CourierAlreadyRuns, only_courier
from offline_cache.database import StoreError
from offline_cache.enrolment import AlreadyEnrolled, FirstSyncFailed, OtherKeyEnrolled, TicketRefused
from offline_cache.identity import Identity, IdentityBroken, NotEnrolled
from offline_cache.line import AddressRefused, Unreachable, UntrustedOffice, checked_address
from offline_cache.store import open_ledger
from tests.offline_cache.letters import PEPPER, TOWN, visit
from tests.offline_cache.office_double import OfficeDouble, Reply, cut_line, lost, saying

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TICKET = token_from(bytes(range(10)))
SECOND_TICKET = token_from(bytes(range(1, 11)))


@pytest.fixture
def office() -> Iterator[OfficeDouble]:
    office = OfficeDouble()
    office.tickets |= {TICKET, SECOND_TICKET}
    with office.open():
        yield office


def kept(place: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in (place / "identity").iterdir()}


def test_a_technician_types_a_ticket_and_the_machine_is_a_kiosk(office: OfficeDouble, tmp_path: Path) -> None:
    typed = f"{TICKET[:4].lower()}-{TICKET[4:8]} {TICKET[8:]}"
    identity = enrolment.enrol(tmp_path / "kiosk", office.address + "/", typed)
    assert identities.load(tmp_path / "kiosk") == identity
    assert (identity.device, identity.town, identity.site, identity.pepper) == ("K-01", TOWN, "Foyer", PEPPER)
    public = identities.signing_key(identity).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    assert identity.fingerprint == fingerprint(public)
    assert kept(tmp_path / "kiosk") == {"identity.json": 0o600, f"key-{identity.fingerprint}.pem": 0o600}
    assert stat.S_IMODE((tmp_path / "kiosk" / "identity").stat().st_mode) == 0o700


def test_the_line_is_tried_at_once_with_a_request_that_carries_nothing(office: OfficeDouble, tmp_path: Path) -> None:
    enrolment.enrol(tmp_path, office.address, TICKET)
    assert [(request.commands, request.cursors) for request in office.seen] == [((), {})]


def test_secrets_are_in_no_traceback(office: OfficeDouble, tmp_path: Path) -> None:
    identity = enrolment.enrol(tmp_path, office.address, TICKET)
    assert repr(PEPPER) not in repr(identity)


def test_a_used_ticket_is_told_apart_from_an_unknown_one(office: OfficeDouble, tmp_path: Path) -> None:
    enrolment.enrol(tmp_path / "one", office.address, TICKET)
    with pytest.raises(TicketRefused) as used:
        enrolment.enrol(tmp_path / "two", office.address, TICKET)
    with pytest.raises(TicketRefused) as unknown:
        enrolment.enrol(tmp_path / "two", office.address, token_from(bytes(10)))
    assert (used.value.code, unknown.value.code) == ("ticket_used", "ticket_unknown")
    assert str(used.value) == "What to do now."
    with pytest.raises(NotEnrolled):
        identities.load(tmp_path / "two")


def test_an_expired_ticket_says_so(office: OfficeDouble, tmp_path: Path) -> None:
    office.next(lambda _work: Reply(403, b'{"code": "ticket_expired", "detail": "Make a new one."}'))
    with pytest.raises(TicketRefused, match=r"Make a new one\."):
        enrolment.enrol(tmp_path, office.address, TICKET)


def test_a_slip_of_the_finger_is_found_before_anything_is_sent(office: OfficeDouble, tmp_path: Path) -> None:
    with pytest.raises(NotATicket):
        enrolment.enrol(tmp_path, office.address, TICKET[:-1])
    assert office.enrolled == {}


def test_without_an_office_nothing_changes_and_the_ticket_still_works(office: OfficeDouble, tmp_path: Path) -> None:
    office.next(cut_line)
    with pytest.raises(Unreachable):
        enrolment.enrol(tmp_path, office.address, TICKET)
    assert enrolment.enrol(tmp_path, office.address, TICKET).device == "K-01"


def test_an_answer_that_got_lost_is_had_again_with_the_same_ticket(office: OfficeDouble, tmp_path: Path) -> None:
    office.next(lost)
    with pytest.raises(Unreachable):
        enrolment.enrol(tmp_path, office.address, TICKET)
    with pytest.raises(NotEnrolled):
        identities.load(tmp_path)
    assert enrolment.enrol(tmp_path, office.address, TICKET).device == "K-01"
    assert len(office.enrolled) == 1


def test_an_answer_that_got_lost_does_no_harm_to_the_next_ticket(office: OfficeDouble, tmp_path: Path) -> None:
    office.next(lost)
    with pytest.raises(Unreachable):
        enrolment.enrol(tmp_path, office.address, TICKET)
    assert enrolment.enrol(tmp_path, office.address, SECOND_TICKET).device == "K-02"


def test_a_kiosk_is_not_enrolled_by_mistake_a_second_time(office: OfficeDouble, tmp_path: Path) -> None:
    enrolment.enrol(tmp_path, office.address, TICKET)
    with pytest.raises(AlreadyEnrolled, match="K-01"):
        enrolment.enrol(tmp_path, office.address, SECOND_TICKET)


def test_a_kiosk_can_be_enrolled_anew_and_keeps_what_it_has_to_tell(office: OfficeDouble, tmp_path: Path) -> None:
    first = enrolment.enrol(tmp_path, office.address, TICKET)
    ledger = open_ledger(tmp_path / "ledger.db")
    ledger.outbox.put(visit())
    before = ledger.outbox.line().db
    office.database = ""
    second = enrolment.enrol(tmp_path, office.address, SECOND_TICKET, replace=True)
    assert (second.device, ledger.outbox.line().device) == ("K-02", "K-02")
    assert ledger.outbox.line().db != before
    assert ledger.outbox.waiting() == 1
    ledger.close()
    assert second.fingerprint != first.fingerprint
    assert set(kept(tmp_path)) == {"identity.json", f"key-{second.fingerprint}.pem"}


def test_someone_who_stands_in_between_is_noticed_by_the_fingerprint(office: OfficeDouble, tmp_path: Path) -> None:
    def in_between(work: Callable[[], Reply]) -> Reply:
        told = EnrolAnswer.model_validate_json(work().body).model_copy(update={"fingerprint": "0000-0000"})
        return Reply(200, told.model_dump_json().encode())

    office.next(in_between)
    with pytest.raises(OtherKeyEnrolled) as caught:
        enrolment.enrol(tmp_path, office.address, TICKET)
    assert caught.value.told == "0000-0000"
    with pytest.raises(NotEnrolled):
        identities.load(tmp_path)
    assert kept(tmp_path) == {}


def test_a_first_sync_that_is_refused_shows_at_once(office: OfficeDouble, tmp_path: Path) -> None:
    office.next(None, saying(b'{"code": "signature", "detail": "No."}', 401))
    with pytest.raises(FirstSyncFailed, match="signature"):
        enrolment.enrol(tmp_path, office.address, TICKET)
    assert identities.load(tmp_path).device == "K-01"


def test_nobody_enrols_a_kiosk_while_its_courier_speaks(office: OfficeDouble, tmp_path: Path) -> None:
    with only_courier(tmp_path), pytest.raises(CourierAlreadyRuns):
        enrolment.enrol(tmp_path, office.address, TICKET)


@pytest.mark.parametrize(
    "address",
    [
        "http://office.example",
        "http://10.0.0.1:8000",
        "http://[::2]",
        "http://[::1",
        "http://127.0.0.1:0",
        "ftp://127.0.0.1",
        "office.example",
        "",
        "https://",
        "https://a:b@office.example",
        "https://office.example?x=1",
    ],
)
def test_an_address_that_would_be_spoken_to_in_the_clear_or_is_none_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(AddressRefused):
        enrolment.enrol(tmp_path, address, TICKET)


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "http://localhost:1", "http://[::1]:8000"])
def test_plain_http_is_for_this_machine(address: str) -> None:
    assert checked_address(address + "/") == address
    assert checked_address("https://office.example/kiosks/") == "https://office.example/kiosks"


def test_a_ca_file_that_is_missing_is_named_before_the_ticket_is_spent(office: OfficeDouble, tmp_path: Path) -> None:
    with pytest.raises(UntrustedOffice) as caught:
        enrolment.enrol(tmp_path, office.address, TICKET, ca_file=tmp_path / "nowhere.pem")
    assert caught.value.word == "ca_file_missing"
    assert office.enrolled == {}


def test_the_pinned_ca_moves_in_with_the_identity(office: OfficeDouble, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_bytes(b"certificates")
    identity = enrolment.enrol(tmp_path / "kiosk", office.address, TICKET, ca_file=tmp_path / "ca.pem")
    (tmp_path / "ca.pem").unlink()
    assert identity.ca_file is not None
    assert identity.ca_file.read_bytes() == b"certificates"
    assert identities.load(tmp_path / "kiosk").ca_file == identity.ca_file


def an_identity(place: Path) -> Identity:
    identities.pending_key(place)
    return Identity(
        device=DeviceId("K-09"),
        town=TOWN,
        site="Foyer",
        pepper=PEPPER,
        office="https://office.example",
        fingerprint="ABCD-EFGH",
        key_file=identities.key_file_for(place, "ABCD-EFGH"),
    )


def test_a_power_cut_before_the_last_step_leaves_the_old_identity_whole(tmp_path: Path) -> None:
    old = an_identity(tmp_path)
    identities.save(tmp_path, old)
    old_key = identities.signing_key(old).private_bytes_raw()
    an_identity(tmp_path)
    # All of the new enrolment but the rename of identity.json is done.
    (tmp_path / "identity" / "key-NEWK-EY00.pem").write_bytes((tmp_path / "identity" / "key.pending.pem").read_bytes())
    (tmp_path / "identity" / ".identity.json.draft").write_text('{"shape": 1, "dev')
    assert identities.load(tmp_path) == old
    assert identities.signing_key(identities.load(tmp_path)).private_bytes_raw() == old_key
    new = replace(old, fingerprint="NEWK-EY00", key_file=identities.key_file_for(tmp_path, "NEWK-EY00"))
    identities.save(tmp_path, new)
    assert identities.load(tmp_path) == new
    assert set(kept(tmp_path)) == {"identity.json", "key-NEWK-EY00.pem"}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"shape": 2}', '{"shape": 1}', '{"shape": 1, "pepper": "%"}'])
def test_an_identity_that_is_damaged_is_said_to_be(content: str, tmp_path: Path) -> None:
    (tmp_path / "identity").mkdir()
    (tmp_path / "identity" / "identity.json").write_text(content, encoding="latin-1")
    with pytest.raises(IdentityBroken):
        identities.load(tmp_path)


def test_a_directory_that_is_none_is_said_before_the_ticket_is_spent(office: OfficeDouble, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError):
        enrolment.enrol(tmp_path / "file" / "kiosk", office.address, TICKET)
    (tmp_path / "kiosk").mkdir()
    (tmp_path / "kiosk" / "identity").write_text("in the way")
    with pytest.raises(StoreError):
        enrolment.enrol(tmp_path / "kiosk", office.address, TICKET)
    assert office.enrolled == {}


def test_a_key_that_is_missing_or_of_another_kind_is_said_to_be(tmp_path: Path) -> None:
    identity = an_identity(tmp_path)
    identities.save(tmp_path, identity)
    assert isinstance(identities.signing_key(identity), Ed25519PrivateKey)
    identity.key_file.write_bytes(b"no key")
    with pytest.raises(IdentityBroken):
        identities.signing_key(identity)
    identity.key_file.unlink()
    with pytest.raises(IdentityBroken, match="missing"):
        identities.signing_key(identity)
