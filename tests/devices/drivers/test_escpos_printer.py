"""Receipts on a printer that runs out of paper, is opened, jams, falls silent, or is pulled out of the wall."""

from __future__ import annotations

import io
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from devices.conditions import Need, NeedsStaff, Ready, Soon
from devices.drivers.escpos_printer import layout
from devices.drivers.escpos_printer.exchange import ask_all, print_job
from devices.drivers.escpos_printer.frames import REAL_TIME_HEADS, Answers, Ask, question
from devices.drivers.escpos_printer.verbs import EscposPrinter
from devices.drivers.scripts import Heard, Listen, Send
from devices.errors import Cancelled, Disconnected, Timeout, Unavailable
from devices.receipts import Gap, Pair, Qr, Receipt, Rule, Text, Title
from devices.roles import RECEIPT_PRINTER, NotPrinted, Printed, PrintOutcome, PrintUnknown
from devices.simulators.bench import Bench
from devices.simulators.interpreter import Interpreter, QrCode, RealTimeFilter, Row
from devices.simulators.printer import Paper
from devices.simulators.settings import Settings
from devices.wires.tcp_line import TcpLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from threading import Event

    from devices.noticeboard import Noticeboard
    from devices.supervisor import Supervisor

LINK = "HTTPS://MUSTERSTADT.EXAMPLE/S/7KQ2M4XW9TCB"

RECEIPT = Receipt(
    (
        Title("Musterstadt"),
        Text("Bürgerservice im Rathaus", centred=True),
        Gap(),
        Pair("Personalausweis", "abholbereit"),
        Pair("Gebühr", "37,00 €"),
        Pair("Abholung im Bürgerbüro", "Hauptstraße 1, Erdgeschoss, Zimmer 12"),
        Rule(),
        Text("Bitte bringen Sie Ihren alten Ausweis mit \N{EN DASH} auch einen „abgelaufenen“.", bold=True),
        Qr(LINK),
        Text("Stand 22.11.2026, 14:00"),
    )
)


@pytest.fixture
def slow_bench(tmp_path: Path) -> Iterator[Bench]:
    """A printer slow enough that a person gets her hand in between."""
    with Bench(Settings(tmp_path / "run", print_speed=60)) as bench:
        yield bench


def slips(bench: Bench) -> list[dict[str, object]]:
    receipts = bench.printer.state()["receipts"]
    assert isinstance(receipts, list)
    return receipts


def paper(bench: Bench, number: int) -> Image.Image:
    slip = bench.printer.slip(number)
    assert slip is not None
    return Image.open(io.BytesIO(slip.png)).convert("RGB")


def in_the_middle(bench: Bench, mishap: Callable[[], None], until: Callable[[Callable[[], bool]], None]) -> Event:
    """Let the mishap happen while the paper moves; the event says that it has."""
    happened = threading.Event()

    def wait_and_do() -> None:
        until(lambda: len(bench.printer._strips) >= 3)
        mishap()
        happened.set()

    threading.Thread(target=wait_and_do, daemon=True).start()
    return happened


def test_a_receipt_is_printed_cut_and_confirmed(bench: Bench, supervisor: Supervisor, cancel: Event) -> None:
    with supervisor.lease(RECEIPT_PRINTER) as printer:
        assert printer.print_receipt(RECEIPT, cancel) == Printed()
    (slip,) = slips(bench)
    assert slip["complete"] is True
    text = str(slip["text"])
    assert "Bürgerservice im Rathaus" in text
    assert "Gebühr                                   37,00 €" in text
    assert "Ausweis mit \N{EN DASH} auch\neinen „abgelaufenen“." in text


def test_the_receipts_code_is_read_back_from_the_paper_and_is_wide_enough(
    bench: Bench, supervisor: Supervisor, cancel: Event
) -> None:
    with supervisor.lease(RECEIPT_PRINTER) as printer:
        printer.print_receipt(RECEIPT, cancel)
    (code,) = zxingcpp.read_barcodes(paper(bench, 1))
    assert code.text == LINK
    dots_across = code.position.top_right.x - code.position.top_left.x
    assert dots_across / 8 >= 24.5  # millimetres


def test_paper_ends_mid_receipt_and_nothing_is_printed_later(
    bench: Bench, supervisor: Supervisor, board: Noticeboard, cancel: Event
) -> None:
    bench.printer.set_paper_left(20)
    with supervisor.lease(RECEIPT_PRINTER) as printer:
        assert printer.print_receipt(RECEIPT, cancel) == NotPrinted(NeedsStaff(Need.PAPER))
    supervisor.round()
    assert board.of(RECEIPT_PRINTER) == NeedsStaff(Need.PAPER)
    with pytest.raises(Unavailable), supervisor.lease(RECEIPT_PRINTER):
        pass
    bench.printer.set_paper(Paper.OK)
    with supervisor.lease(RECEIPT_PRINTER) as printer:
        assert printer.print_receipt(Receipt((Text("Der nächste Beleg"),)), cancel) == Printed()
    torn, blank, whole = slips(bench)
    assert (torn["complete"], blank["text"], whole["complete"]) == (False, "", True)
    assert LINK not in {code.text for code in zxingcpp.read_barcodes(paper(bench, 3))}
    assert str(whole["text"]).strip() == "Der nächste Beleg"


def test_cover_opened_while_printing(
    slow_bench: Bench, cancel: Event, until: Callable[[Callable[[], bool]], None]
) -> None:
    printer = opened(slow_bench)
    opening = in_the_middle(slow_bench, lambda: slow_bench.printer.set_cover(opened=True), until)
    assert printer.print_receipt(RECEIPT, cancel) == NotPrinted(NeedsStaff(Need.CLOSE_COVER))
    assert opening.wait(5)
    assert printer.condition() == NeedsStaff(Need.CLOSE_COVER)
    slow_bench.printer.set_cover(opened=False)
    assert printer.condition() == Ready()
    assert slow_bench.printer._buffer == b""
    printer.close()


def test_cutter_jams_and_the_receipt_is_not_called_printed(bench: Bench, supervisor: Supervisor, cancel: Event) -> None:
    bench.printer.set_cutter(jams=True)
    with supervisor.lease(RECEIPT_PRINTER) as printer:
        assert printer.print_receipt(RECEIPT, cancel) == NotPrinted(NeedsStaff(Need.CLEAR_CUTTER))
        assert printer.condition() == NeedsStaff(Need.CLEAR_CUTTER)
        bench.printer.set_cutter(jams=False)
        assert printer.condition() == Ready()


def test_a_printer_that_falls_silent_while_printing_leaves_everyone_unsure(
    slow_bench: Bench, cancel: Event, until: Callable[[Callable[[], bool]], None]
) -> None:
    printer = opened(slow_bench)
    in_the_middle(slow_bench, lambda: slow_bench.printer.set_silent(silent=True), until)
    assert printer.print_receipt(RECEIPT, cancel) == PrintUnknown()
    printer.close()


def test_half_a_slip_left_in_the_printer_is_not_handed_to_the_next_citizen(
    slow_bench: Bench, cancel: Event, until: Callable[[Callable[[], bool]], None]
) -> None:
    printer = opened(slow_bench)
    slow_bench.printer.set_cutter(jams=True)
    assert printer.print_receipt(RECEIPT, cancel) == NotPrinted(NeedsStaff(Need.CLEAR_CUTTER))
    slow_bench.printer.set_cutter(jams=False)
    until(lambda: printer.condition() == Ready())
    assert printer.print_receipt(Receipt((Text("Der nächste Beleg"),)), cancel) == Printed()
    left, whole = slips(slow_bench)
    assert "Musterstadt" in str(left["text"])
    assert str(whole["text"]).strip() == "Der nächste Beleg"
    printer.close()


def test_what_a_killed_kiosk_left_half_said_does_not_swallow_the_next_slip(
    bench: Bench, cancel: Event, until: Callable[[Callable[[], bool]], None]
) -> None:
    with socket.create_connection(("127.0.0.1", bench.printer.port)) as killed:
        # The beginning of a code of 4,000 bytes: the rest never comes.
        killed.sendall(b"Halb\n" + b"\x1d(k\xa0\x0f1P0" + b"A" * 100)
        until(lambda: len(bench.printer._strips) > 0)
    printer = opened(bench)
    assert printer.print_receipt(RECEIPT, cancel) == Printed()
    assert "abholbereit" in str(slips(bench)[-1]["text"])
    printer.close()


def test_a_printer_pulled_out_while_printing_leaves_everyone_unsure(
    slow_bench: Bench, cancel: Event, until: Callable[[Callable[[], bool]], None]
) -> None:
    printer = opened(slow_bench)
    in_the_middle(slow_bench, slow_bench.printer.unplug, until)
    assert printer.print_receipt(RECEIPT, cancel) == PrintUnknown()
    with pytest.raises(Disconnected):
        printer.condition()
    printer.close()


def test_a_silent_printer_is_never_said_to_have_paper(bench: Bench, supervisor: Supervisor, cancel: Event) -> None:
    with supervisor.lease(RECEIPT_PRINTER) as printer:
        bench.printer.set_silent(silent=True)
        assert printer.condition() == NeedsStaff(Need.SWITCH_ON)
        assert printer.print_receipt(RECEIPT, cancel) == NotPrinted(NeedsStaff(Need.SWITCH_ON))
    with pytest.raises(Unavailable) as caught, supervisor.lease(RECEIPT_PRINTER):
        pass
    assert caught.value.condition == NeedsStaff(Need.SWITCH_ON)
    bench.printer.set_silent(silent=False)
    with supervisor.lease(RECEIPT_PRINTER) as printer:
        assert printer.condition() == Ready()
    assert slips(bench) == []


def test_paper_near_its_end_is_told_while_printing_still_works(
    bench: Bench, supervisor: Supervisor, board: Noticeboard, cancel: Event
) -> None:
    bench.printer.set_paper(Paper.NEAR_END)
    with supervisor.lease(RECEIPT_PRINTER) as printer:
        assert printer.condition() == Ready(Soon.PAPER_NEAR_END)
        assert printer.print_receipt(RECEIPT, cancel) == Printed()
    supervisor.round()
    assert board.of(RECEIPT_PRINTER) == Ready(Soon.PAPER_NEAR_END)


def test_nothing_is_printed_for_a_citizen_who_has_left(bench: Bench, supervisor: Supervisor, cancel: Event) -> None:
    cancel.set()
    with supervisor.lease(RECEIPT_PRINTER) as printer, pytest.raises(Cancelled):
        printer.print_receipt(RECEIPT, cancel)
    assert slips(bench) == []


def test_a_printer_that_takes_no_more_bytes_times_out(cancel: Event) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        line = TcpLine("127.0.0.1", deaf.getsockname()[1])
        with pytest.raises(Timeout):
            line.write(bytes(50_000_000), 0.2)
        line.close()


def opened(bench: Bench) -> EscposPrinter:
    return EscposPrinter(TcpLine("127.0.0.1", bench.printer.port), columns=48, profile="default")


@pytest.mark.parametrize(
    ("answers", "condition"),
    [
        (Answers(0x12, 0x12, 0x12, 0x12), Ready()),
        (Answers(0x12, 0x12, 0x12, 0x1E), Ready(Soon.PAPER_NEAR_END)),
        (Answers(0x1A, 0x32, 0x12, 0x7E), NeedsStaff(Need.PAPER)),
        (Answers(0x1A, 0x16, 0x12, 0x12), NeedsStaff(Need.CLOSE_COVER)),
        (Answers(0x1A, 0x36, 0x12, 0x7E), NeedsStaff(Need.CLOSE_COVER)),
        (Answers(0x1A, 0x52, 0x1A, 0x12), NeedsStaff(Need.CLEAR_CUTTER)),
        (Answers(0x1A, 0x52, 0x32, 0x12), NeedsStaff(Need.LOOK_AT_IT)),
        (Answers(0x1A, 0x12, 0x12, 0x12), NeedsStaff(Need.LOOK_AT_IT)),
        (Answers(), NeedsStaff(Need.SWITCH_ON)),
        (Answers(0x12, 0x12, 0x12, None), NeedsStaff(Need.SWITCH_ON)),
    ],
)
def test_each_answer_names_what_a_person_has_to_do(answers: Answers, condition: object) -> None:
    assert answers.condition() == condition


@given(st.lists(st.tuples(st.binary(max_size=6), st.floats(0.001, 1)), max_size=200))
def test_whatever_a_printer_babbles_a_print_ends_with_one_outcome(heard: list[tuple[bytes, float]]) -> None:
    script, now, babble = print_job([b"x" * 500] * 3, 0.0), 0.0, iter(heard)
    action = next(script)
    outcome: PrintOutcome | None = None
    for _ in range(5000):
        try:
            match action:
                case Send():
                    action = next(script)
                case Listen(timeout):
                    received, later = next(babble, (b"", timeout))
                    now += min(later, timeout) if received else timeout
                    action = script.send(Heard(received, now))
        except StopIteration as ended:
            outcome = ended.value
            break
    assert isinstance(outcome, Printed | NotPrinted | PrintUnknown)
    if not heard:
        assert outcome == PrintUnknown()


def printed(*rounds: bytes) -> tuple[PrintOutcome, float]:
    """How a print ends, and when, if the printer says these one after the other once all was sent; then: it is well."""
    script, now, asked = print_job([], 0.0), 0.0, b""
    said = iter(rounds)
    action = next(script)
    try:
        while True:
            match action:
                case Send(data):
                    asked += data
                    action = next(script)
                case Listen(timeout):
                    # It speaks when it is asked for its state; before, it prints.
                    received = b""
                    if asked.endswith((question(Ask.OFFLINE_CAUSE), question(Ask.ERROR_CAUSE))):
                        received, asked = next(said, WELL), b""
                    now += 0.01 if received else timeout
                    action = script.send(Heard(received, now))
    except StopIteration as ended:
        return ended.value, now


WELL, DONE = b"\x12", b"\x00"


@pytest.mark.parametrize("said", [WELL + DONE, DONE + WELL, DONE], ids=["state first", "done first", "done alone"])
def test_a_printer_that_finishes_in_the_moment_it_is_asked_is_not_waited_for(said: bytes) -> None:
    outcome, seconds = printed(WELL, said)
    assert outcome == Printed()
    assert seconds < 2


@given(st.lists(st.binary(max_size=4), max_size=20))
def test_a_condition_round_ends_within_half_a_second_whatever_is_heard(heard: list[bytes]) -> None:
    script, now, babble = ask_all(0.0), 0.0, iter(heard)
    action = next(script)
    answers: object = None
    for _ in range(200):
        try:
            if isinstance(action, Listen):
                now += action.timeout
                action = script.send(Heard(next(babble, b""), now))
            else:
                action = next(script)
        except StopIteration as ended:
            answers = ended.value
            break
    assert isinstance(answers, Answers)
    assert now <= 0.5


def job_of(receipt: Receipt, columns: int, profile: str, font: Path | None) -> bytes:
    return b"".join(layout.job(receipt, columns, profile, font))


def rows(job: bytes) -> list[str]:
    return ["".join(text for text, _ in each.pieces) for each in Interpreter().feed(job) if isinstance(each, Row)]


def test_letters_of_all_european_alphabets_reach_the_paper() -> None:
    told = "Straße Łódź Öçşğ Čeština Ελλάδα Привет 5 € \N{EN DASH} „so“"
    assert rows(job_of(Receipt((Text(told),)), 60, "default", None))[0] == told


def test_text_from_right_to_left_is_drawn_and_holds_no_command() -> None:
    face = Path(__file__).parents[3] / "screens" / "assets" / "fonts" / "NotoSansArabic_400Regular.ttf"
    job = job_of(Receipt((Text("مرحبا بكم في دار البلدية " * 6),)), 48, "default", face)
    left, commands = RealTimeFilter().feed(job)
    assert (left, commands) == (job, [])
    assert "?" not in "".join(rows(job))
    assert b"\x1dv0" in job


def test_what_a_stranger_wrote_cannot_steer_the_printer() -> None:
    job = job_of(
        Receipt((Text("a\x1b@\x10\x14\x08\x1dV\x00b\x07"), Pair("c\x1d", "\x10\x04\x01d"))), 48, "default", None
    )
    assert rows(job)[0] == "a@Vb"
    body = job[job.index(b"a") :]
    assert not any(head in body for head in REAL_TIME_HEADS)
    assert sum(type(each).__name__ == "Cut" for each in Interpreter().feed(job)) == 1


def test_a_question_to_the_printer_never_falls_into_a_command() -> None:
    face = Path(__file__).parents[3] / "screens" / "assets" / "fonts" / "NotoSansArabic_400Regular.ttf"
    long = Receipt((*RECEIPT.lines * 5, Text("مرحبا بكم في دار البلدية"), Qr("A" * 700)))
    pieces = layout.job(long, 48, "default", face)
    assert len(pieces) > 5
    interpreter = Interpreter()
    for piece in pieces:
        interpreter.feed(piece)
        assert interpreter._waiting == b""


def test_a_code_is_as_wide_on_narrow_paper_as_fits() -> None:
    for columns in (32, 42, 48):
        job = job_of(Receipt((Qr(LINK),)), columns, "default", None)
        (code,) = [each for each in Interpreter().feed(job) if isinstance(each, QrCode)]
        assert code.payload == LINK.encode()
        assert 200 <= code.module * 29 <= columns * 12


@given(st.lists(st.one_of(
    st.builds(Title, st.text(max_size=80)), st.builds(Text, st.text(max_size=300), st.booleans(), st.booleans()),
    st.builds(Pair, st.text(max_size=80), st.text(max_size=80)), st.builds(Rule), st.builds(Gap),
), max_size=8))  # fmt: skip
@settings(deadline=None)
def test_no_receipt_is_too_strange_to_be_laid_out(lines: list[Title | Text | Pair | Rule | Gap]) -> None:
    job = job_of(Receipt(tuple(lines)), 48, "default", None)
    _, commands = RealTimeFilter().feed(job)
    assert commands == []
    assert all(len(row) <= 48 for row in rows(job))
