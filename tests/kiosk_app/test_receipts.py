"""Receipts of payments as they come out of the printer: their words and codes are read from the paper."""

from __future__ import annotations

import io
import socket
from random import Random
from threading import Event
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from PIL import Image

from central_office.contract.tariff import read_tariff
from devices.noticeboard import Noticeboard
from devices.payments import Slip, SlipKind, SlipLine
from devices.roles import RECEIPT_PRINTER, Printed
from devices.simulators.bench import Bench
from devices.simulators.settings import Settings
from devices.supervisor import Supervisor, load_rig
from kiosk_app.receipts import card_words, customer_lines, number_of, pay_receipt
from kiosk_app.slips import PRINTING, settle_printing
from offline_cache.journal import Settled, Unfinished
from offline_cache.sales import CardPayment, SaleId
from screens.slip_bags import PHONE_BYTES, fee_slip, phone_receipt, proof_slip
from screens.steps_bags import Bag
from screens.wording import languages
from tests.kiosk_app.rehearsal import ROOT, TUESDAY
from tests.screens.samples import surroundings
from tests.screens.samples_bags import BIO, BOARD, NAPPY, NOTE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from screens.slip_bags import PaySlip

NUMBER = number_of(SaleId("3da926d0-9f7c-4c11-8d1e-0a5b7e000001"))
PAID = CardPayment(1800, 17, 4711, "68000001", "girocard", "############4242")
SLIPS = (
    Slip(SlipKind.CUSTOMER, (SlipLine("K-U-N-D-E-N-B-E-L-E-G"), SlipLine(""), SlipLine("Zahlung erfolgt"))),
    Slip(SlipKind.MERCHANT, (SlipLine("H-Ä-N-D-L-E-R-B-E-L-E-G"),)),
)


class Paper:
    """A printer, and what came out of it."""

    def __init__(self, bench: Bench, supervisor: Supervisor) -> None:
        self._bench = bench
        self._supervisor = supervisor

    def printed(self, words: PaySlip) -> tuple[str, Image.Image]:
        """The slip's words and its picture."""
        with self._supervisor.lease(RECEIPT_PRINTER) as printer:
            assert printer.print_receipt(pay_receipt(words), Event()) == Printed()
        receipts = self._bench.printer.state()["receipts"]
        assert isinstance(receipts, list)
        slip = self._bench.printer.slip(receipts[-1]["number"])
        assert slip is not None
        return str(receipts[-1]["text"]), Image.open(io.BytesIO(slip.png)).convert("RGB")


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Paper]:
    with Bench(Settings(tmp_path / "run", print_speed=3000.0)) as bench:
        supervisor = Supervisor(load_rig(bench.rig_file), Noticeboard(), Random(1))
        supervisor.round()
        yield Paper(bench, supervisor)
        supervisor.close()


def test_half_a_slip_of_a_killed_kiosk_is_cut_off_before_anybody_is_served(tmp_path: Path) -> None:
    with Bench(Settings(tmp_path / "run", print_speed=3000.0)) as bench:
        with socket.create_connection(("127.0.0.1", bench.printer.port)) as killed:
            killed.sendall(b"\x1b@Nicht fuer andere Augen\n")
        supervisor = Supervisor(load_rig(bench.rig_file), Noticeboard(), Random(1))
        settle = settle_printing(supervisor, Event(), lambda _: supervisor.round())
        assert settle(Unfinished(1, PRINTING, {"lines": 9}, TUESDAY)) == Settled("unknown")
        receipts = bench.printer.state()["receipts"]
        assert isinstance(receipts, list)
        assert [("Nicht" in each["text"], each["complete"]) for each in receipts] == [(True, True)]
        supervisor.close()


def test_a_printer_that_is_away_holds_nobody_up_for_long(tmp_path: Path) -> None:
    with Bench(Settings(tmp_path / "run")) as bench:
        bench.printer.unplug()
        supervisor, paused = Supervisor(load_rig(bench.rig_file), Noticeboard(), Random(1)), list[float]()
        settle = settle_printing(supervisor, Event(), paused.append)
        assert settle(Unfinished(1, PRINTING, {}, TUESDAY)) == Settled("unknown")
        assert sum(paused) == 3.0
        supervisor.close()


@pytest.mark.parametrize("language", languages())
def test_a_receipt_says_what_was_paid_and_its_code_says_it_again(paper: Paper, language: str) -> None:
    words = fee_slip(
        NUMBER,
        BOARD,
        1800,
        NOTE,
        language,
        surroundings(language),
        card=card_words(PAID),
        lines=customer_lines(SLIPS),
    )
    text, picture = paper.printed(words)
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == words.code
    amount = "18,00 €" if language == "de" else "€18.00"
    for said in (NUMBER, amount, NOTE.says(language)[:20], "girocard ############4242", "K-U-N-D-E-N-B-E-L-E-G"):
        assert said in text, said
    assert "D-L-E-R" not in text  # the merchant's slip is stored, not given away
    assert NUMBER in code.text
    assert amount in code.text


def test_a_municipal_fee_bears_no_tax(paper: Paper) -> None:
    note = read_tariff(ROOT / "town" / "musterstadt-tariff.toml").fee_note
    words = fee_slip(NUMBER, (), 2500, note, "de", surroundings("de"), fee="Expressabholung", card=card_words(PAID))
    text, _ = paper.printed(words)
    assert "Gebührenquittung" in text
    assert "Keine Umsatzsteuer" in text
    assert "Expressabholung" in text
    assert "MwSt" not in text


def test_free_bags_have_a_receipt_without_an_amount(paper: Paper) -> None:
    text, _ = paper.printed(fee_slip(NUMBER, ((NAPPY, 2),), 0, NOTE, "de", surroundings("de")))
    assert "Kostenlos" in text
    assert "€" not in text


@pytest.mark.parametrize("known", [True, False])
def test_a_proof_promises_no_more_than_is_known(paper: Paper, *, known: bool) -> None:
    words = proof_slip(NUMBER, 1800, "de", surroundings("de"), not_charged=known, issued=1, card=card_words(PAID))
    text, picture = paper.printed(words)
    assert ("Ihnen wurde nichts abgebucht" in text) is known
    assert "Das ist kein Beleg." in text
    assert "1 Sack kam heraus." in text
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == words.code


def test_the_phones_text_stays_short_whatever_was_bought() -> None:
    much = tuple((Bag(bag.product, 120), 10) for bag, _ in (*BOARD, (NAPPY, 1), (BIO, 1)))
    text = phone_receipt(NUMBER, much, 4800, NOTE, "de", surroundings("de"))
    assert len(text.encode()) <= PHONE_BYTES
    assert text.endswith("48,00 €")
