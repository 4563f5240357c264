from __future__ import annotations

import gzip
from hashlib import sha256
from io import StringIO
from typing import TYPE_CHECKING

from django.core.management import call_command
from django.test import Client

from central_office.contract.messages import SnapshotEnd
from central_office.contract.stages import Stage
from central_office.office import here, lifecycle
from central_office.office.line.enrolment import new_ticket
from tests.central_office.kiosk_end import KioskEnd, lines, said

if TYPE_CHECKING:
    from pathlib import Path

    from central_office.office.models import Document, Town
    from tests.central_office.conftest import HandClock


def test_the_snapshot_holds_every_document_and_says_so(kiosk: KioskEnd, passport: Document, town: Town) -> None:
    *rows, end = lines(kiosk.snapshot(town.epoch))
    found = kiosk.finds(rows, passport.letter_code(town.town_key))
    assert found is not None
    assert (found.document, found.reference) == (str(passport.pk), passport.reference)
    assert SnapshotEnd.model_validate(end).rows == len(rows) == 1
    assert said(kiosk.sync(cursor=end["to"]))["changes"]["docs"]["up"] == []


def test_the_tag_is_the_hash_of_what_came(kiosk: KioskEnd, passport: Document, town: Town) -> None:
    answer = kiosk.snapshot(town.epoch)
    body = b"".join(answer.streaming_content)
    assert answer["ETag"] == f'"{sha256(body).hexdigest()}"'
    assert int(answer["Content-Length"]) == len(body)


def test_a_fetch_that_broke_off_goes_on_with_the_same_bytes(
    kiosk: KioskEnd, passport: Document, town: Town, clock: HandClock
) -> None:

    answer = kiosk.snapshot(town.epoch)
    whole = b"".join(answer.streaming_content)
    lifecycle.move(passport, Stage.SENT_TO_PRODUCER, "Weber", clock.forward(hours=1))
    rest = kiosk.snapshot(town.epoch, Range="bytes=100-", If_Range=answer["ETag"])
    assert rest.status_code == 206
    assert rest["Content-Range"] == f"bytes 100-{len(whole) - 1}/{len(whole)}"
    assert whole[:100] + b"".join(rest.streaming_content) == whole


def test_a_fetch_that_has_all_already_is_told_so(kiosk: KioskEnd, passport: Document, town: Town) -> None:
    answer = kiosk.snapshot(town.epoch)
    size = len(b"".join(answer.streaming_content))
    assert kiosk.snapshot(town.epoch, Range=f"bytes={size}-", If_Range=answer["ETag"]).status_code == 416


def test_a_resumed_fetch_of_an_older_snapshot_begins_anew(kiosk: KioskEnd, passport: Document, town: Town) -> None:
    for etag in ('"' + "0" * 64 + '"', '"../../secret_key"', ""):
        answer = kiosk.snapshot(town.epoch, Range="bytes=10-", If_Range=etag)
        assert answer.status_code == 200
        assert len(lines(answer)) == 2


def test_another_epoch_is_gone(kiosk: KioskEnd, town: Town) -> None:
    answer = kiosk.snapshot("e0")
    assert (answer.status_code, said(answer)["code"]) == (410, "epoch")


def test_two_kiosks_cannot_use_each_others_snapshot(
    kiosk: KioskEnd, passport: Document, town: Town, office: Path
) -> None:

    other = KioskEnd(Client())
    other.enrol(new_ticket("East", "http://testserver", "Demir", here.now()).token)
    first, second = lines(kiosk.snapshot(town.epoch))[:-1], lines(other.snapshot(town.epoch))[:-1]
    assert first[0]["id"] != second[0]["id"]
    assert other.finds(second, passport.letter_code(town.town_key)) is not None
    assert other.finds(first, passport.letter_code(town.town_key)) is None


def test_no_name_stands_in_the_file_that_is_kept(kiosk: KioskEnd, passport: Document, town: Town, office: Path) -> None:
    lines(kiosk.snapshot(town.epoch))
    kept = list((office / "snapshots").glob("*.gz"))
    assert len([one for one in kept if one.name.startswith(kiosk.device)]) == 1
    text = gzip.decompress(kept[0].read_bytes()).decode()
    for secret in ("Aydin", passport.number, "1980-03-01", passport.token, passport.reference, "passport"):
        assert secret not in text


def test_after_a_restore_every_kiosk_fetches_everything_again(kiosk: KioskEnd, passport: Document, town: Town) -> None:
    *_, end = lines(kiosk.snapshot(town.epoch))
    call_command("new_epoch", stdout=StringIO())
    docs = said(kiosk.sync(cursor=end["to"]))["changes"]["docs"]
    assert docs["snapshot"] is True
    assert docs["epoch"] != town.epoch
    assert kiosk.snapshot(town.epoch).status_code == 410
    assert len(lines(kiosk.snapshot(docs["epoch"]))) == 2


def test_named_fleet_651_a_fetch_that_broke_off_before_a_restore_begins_anew_after_it(
    kiosk: KioskEnd, passport: Document, town: Town
) -> None:
    begun = kiosk.snapshot(town.epoch)
    call_command("new_epoch", stdout=StringIO())
    epoch = said(kiosk.sync())["changes"]["docs"]["epoch"]
    answer = kiosk.snapshot(epoch, Range="bytes=10-", If_Range=begun["ETag"])
    assert answer.status_code == 200
    assert lines(answer)[-1]["epoch"] == epoch
