"""The dock by its HTTP interface, as tests and the page use it."""

from __future__ import annotations

import base64
import http.client
import io
import json
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import zxingcpp
from PIL import Image

from devices.drivers.escpos_printer import layout
from devices.payments import Paid
from devices.receipts import Qr, Receipt, Text
from devices.roles import (
    CARD_TERMINAL,
    CODE_CAMERA,
    CODE_SCANNER,
    DISPENSER,
    LOCKER_WALL,
    RECEIPT_PRINTER,
    Door,
    OpenCommand,
    Opened,
    Printed,
)
from devices.simulators import run
from devices.simulators.bench import Bench
from devices.simulators.settings import Boards, Settings
from devices.wires.tcp_line import TcpLine
from tests.devices.drivers.till import PRICE, Bags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from threading import Event

    from devices.supervisor import Supervisor

PAYLOAD = "BT1:09999999:ABCDEFGHIJKLMNOPQRSTUVWXYZ:AB"


def code_picture() -> bytes:
    code = zxingcpp.create_barcode(PAYLOAD, zxingcpp.BarcodeFormat.QRCode)
    page = Image.new("RGB", (900, 1200), "white")
    page.paste(Image.fromarray(code.to_image(scale=10)).convert("RGB"), (200, 200))
    file = io.BytesIO()
    page.save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "one.png").write_bytes(code_picture())
    picture = Image.open(io.BytesIO(code_picture()))
    picture.save(folder / "two.pdf", resolution=100)
    told = {"title": "Personalausweis", "payload": PAYLOAD, "typed_number": "7KQ2", "birth_date": "1984-08-12"}
    manifest = [{"file": name, "kind": "identity_card", **told} for name in ("one.png", "two.pdf", "missing.pdf")]
    (folder / "letters.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


@pytest.fixture
def boards() -> Boards:
    return Boards.MODBUS


@pytest.fixture
def bench(tmp_path: Path, letters: Path, boards: Boards) -> Iterator[Bench]:
    with Bench(Settings(tmp_path / "run", letters, print_speed=3000, wall=boards)) as bench:
        yield bench


class Hand:
    """A person, or a test, at the dock."""

    def __init__(self, bench: Bench) -> None:
        self._port = bench.dock.port

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        try:
            line.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = line.getresponse()
            return answer.status, answer.read()
        finally:
            line.close()

    def get(self, path: str) -> bytes:
        status, body = self.ask("GET", path)
        assert status == 200, body
        return body

    def state(self) -> Any:  # noqa: ANN401  JSON
        return json.loads(self.get("/state"))

    def post(self, path: str, **wish: object) -> Any:  # noqa: ANN401  JSON
        status, body = self.ask("POST", path, json.dumps(wish).encode(), Content_Type="application/json")
        assert status == 200, body
        return json.loads(body)

    def refused(self, path: str, wish: object) -> tuple[int, str]:
        status, body = self.ask("POST", path, json.dumps(wish).encode(), Content_Type="application/json")
        return status, str(json.loads(body)["error"])


@pytest.fixture
def hand(bench: Bench) -> Hand:
    return Hand(bench)


def seen(supervisor: Supervisor, cancel: Event) -> bytes | None:
    with supervisor.lease(CODE_CAMERA) as camera:
        for _ in range(60):
            sight = camera.look(cancel)
            if sight is not None and sight.code is not None:
                return sight.code
    return None


def test_the_page_and_its_faces_are_served(hand: Hand) -> None:
    page = hand.get("/").decode()
    assert "Gerätepult" in page
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in page
    assert hand.get("/fonts/FiraSans-Regular.ttf")[:4] == b"\0\1\0\0"
    assert hand.ask("GET", "/fonts/..%2f..%2fsupervisor.py")[0] == 404


def test_the_page_has_every_word_in_both_languages(hand: Hand) -> None:
    page = hand.get("/").decode()
    german, english = (page.split(f"  {language}: {{")[1].split("},\n")[0] for language in ("de", "en"))

    def keys(words: str) -> list[str]:
        text = words.replace("\\n", " ")
        return sorted({part.split(":")[0].strip(" ,\n") for part in text.split('",') if ":" in part})

    assert keys(german) == keys(english)


def test_the_letters_on_the_table_are_those_that_are_there(hand: Hand) -> None:
    letters = hand.state()["letters"]
    assert [letter["name"] for letter in letters] == ["one.png", "two.pdf"]
    assert (letters[0]["typed_number"], letters[0]["birth_date"]) == ("7KQ2", "1984-08-12")
    for letter in letters:
        assert Image.open(io.BytesIO(hand.get(letter["thumbnail"]))).height <= 440


@pytest.mark.parametrize(
    "wish",
    [
        pytest.param({"letter": "one.png"}, id="a picture"),
        pytest.param({"letter": "two.pdf"}, id="a PDF"),
        pytest.param({"letter": "two.pdf", "on_phone": True}, id="on a phone"),
        pytest.param({"picture": base64.b64encode(code_picture()).decode()}, id="an own picture"),
        pytest.param({"letter": "one.png", "view": {"turn": 40, "shade": 0.6, "blur": 1.5}}, id="held badly"),
    ],
)
def test_what_is_held_before_the_camera_is_read_by_the_kiosk(
    hand: Hand, supervisor: Supervisor, cancel: Event, wish: dict[str, object]
) -> None:
    hand.post("/camera", **wish)
    assert seen(supervisor, cancel) == PAYLOAD.encode()
    hand.post("/camera", nothing=True)
    assert hand.state()["camera"]["showing"] is None
    assert hand.get("/camera.jpg")[:2] == b"\xff\xd8"


def test_a_letter_is_scanned(hand: Hand, supervisor: Supervisor, cancel: Event) -> None:
    with supervisor.lease(CODE_SCANNER) as scanner:
        hand.post("/scanner", letter="two.pdf")
        assert scanner.scan(5, cancel) == PAYLOAD.encode()
        hand.post("/scanner", text="Grüße", terminator="\n", one_by_one=True)
        assert scanner.scan(5, cancel) == "Grüße".encode()
        hand.post("/scanner", bytes=base64.b64encode(b"\xff\x00").decode())
        assert scanner.scan(5, cancel) == b"\xff\x00"


def test_a_receipt_is_printed_seen_and_taken(hand: Hand, supervisor: Supervisor, cancel: Event) -> None:
    with supervisor.lease(RECEIPT_PRINTER) as printer:
        assert printer.print_receipt(Receipt((Text("Guten Tag"), Qr(PAYLOAD))), cancel) == Printed()
    (receipt,) = hand.state()["printer"]["receipts"]
    assert "Guten Tag" in receipt["text"]
    picture = Image.open(io.BytesIO(hand.get(receipt["picture"]))).convert("RGB")
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [PAYLOAD]
    assert hand.post("/printer/take") == {"taken": [1]}
    assert hand.post("/printer/take") == {"taken": []}
    assert hand.state()["printer"]["receipts"][0]["taken"] is True


def test_every_fault_of_the_printer_can_be_made_and_mended(hand: Hand) -> None:
    wishes: list[tuple[dict[str, object], str]] = [
        ({"paper": "near_end"}, "paper"),
        ({"paper": "out"}, "paper"),
        ({"paper_left_mm": 12}, "paper_left_mm"),
        ({"cover": "open"}, "cover"),
        ({"cutter": "jammed"}, "cutter"),
        ({"silent": True}, "silent"),
        ({"plugged": False}, "plugged"),
    ]
    for wish, name in wishes:
        assert hand.post("/printer", **wish)[name] == wish[name]
    mended = {"paper": "ok", "cover": "closed", "cutter": "ok", "silent": False, "plugged": True}
    now = hand.post("/printer", **mended)
    assert {name: now[name] for name in mended} == mended
    assert now["offline"] is False


def compartment(state: Any, number: int) -> Any:  # noqa: ANN401  JSON
    return next(each for each in state["compartments"] if each["number"] == number)


@pytest.mark.parametrize("boards", list(Boards))
def test_a_citizens_compartment_opens_and_is_shut_at_the_dock(
    hand: Hand, supervisor: Supervisor, cancel: Event, boards: Boards
) -> None:
    assert hand.state()["wall"]["driver"] == boards.value
    with supervisor.lease(LOCKER_WALL) as wall:
        assert wall.open(OpenCommand(32, datetime.now(UTC)), cancel) == Opened()
        assert compartment(hand.state()["wall"], 32)["door"] == "open"
        assert compartment(hand.post("/wall", compartment=32, door="closed"), 32)["door"] == "closed"
        assert wall.door(32, cancel) is Door.CLOSED


def test_every_fault_of_the_wall_can_be_made_and_mended(hand: Hand) -> None:
    for key, bad, good in (("door", "open", "closed"), ("lock", "stuck", "ok"), ("contact", "open", "truth")):
        assert compartment(hand.post("/wall", compartment=9, **{key: bad}), 9)[key] == bad
        assert compartment(hand.post("/wall", compartment=9, **{key: good}), 9)[key] == good
    assert hand.post("/wall", board=2, silent=True)["boards"][1] == {"board": 2, "silent": True}
    assert hand.post("/wall", board=2, silent=False)["boards"][1] == {"board": 2, "silent": False}
    assert hand.post("/wall", noise=0.25)["noise"] == 0.25
    assert hand.post("/wall", plugged=False)["plugged"] is False
    assert hand.post("/wall", plugged=True, noise=0)["plugged"] is True


@pytest.mark.parametrize(
    ("path", "wish", "status", "said"),
    [
        ("/camera", {"letter": "three.pdf"}, 404, "there is no letter"),
        ("/camera", {"picture": "####"}, 400, "base 64"),
        ("/camera", {"picture": base64.b64encode(b"GIF89a").decode()}, 400, "not a PNG"),
        ("/camera", {"picture": base64.b64encode(b"%PDF-1.7 nonsense").decode()}, 400, "not a PDF"),
        ("/camera", {"vieuw": {}}, 400, "unknown: vieuw"),
        ("/camera", {"view": {"zoom": 99}}, 400, "zoom must be a number"),
        ("/camera", {"view": {"zoom": True}}, 400, "zoom must be a number"),
        ("/camera", {"plugged": "no"}, 400, "plugged must be true or false"),
        ("/scanner", {"letter": "three.pdf"}, 404, "with a payload"),
        ("/scanner", {"text": 7}, 400, "text must be text"),
        ("/printer", {"paper": "lots"}, 400, "one of ok, near_end, out"),
        ("/wall", {"compartment": 36, "door": "open"}, 404, "there is no compartment 36"),
        ("/wall", {"compartment": "9", "door": "open"}, 404, "there is no compartment '9'"),
        ("/wall", {"compartment": 9, "door": "ajar"}, 400, "one of open, closed"),
        ("/wall", {"compartment": 9, "contact": "lie"}, 400, "one of truth, open, closed"),
        ("/wall", {"lock": "stuck"}, 400, "lock needs a compartment"),
        ("/wall", {"board": 9, "silent": True}, 404, "there is no board 9"),
        ("/wall", {"silent": True}, 404, "there is no board None"),
        ("/wall", {"noise": 2}, 400, "noise must be a number"),
        ("/line", {"cut": True}, 404, "no office was named"),
        ("/kettle", {}, 404, "nothing at"),
        ("/camera", ["letter"], 400, "a JSON object"),
    ],
)
def test_a_wish_that_cannot_be_done_is_refused_with_a_sentence(
    hand: Hand, path: str, wish: object, status: int, said: str
) -> None:
    answered, sentence = hand.refused(path, wish)
    assert answered == status
    assert said in sentence


def test_a_scan_with_the_scanner_unplugged_is_refused(hand: Hand) -> None:
    hand.post("/scanner", plugged=False)
    assert hand.refused("/scanner", {"text": "x"})[0] == 409
    assert hand.post("/scanner", plugged=True)["plugged"] is True


def test_strangers_do_not_reach_the_dock(hand: Hand) -> None:
    assert hand.ask("GET", "/state", Host="evil.example")[0] == 400
    assert hand.ask("GET", "/state", Host="evil.example:80")[0] == 400
    assert hand.ask("POST", "/printer/take", b"{}", Content_Type="text/plain")[0] == 400
    assert hand.ask("POST", "/camera", b"", Content_Type="application/json", Content_Length="99999999999")[0] == 413
    assert hand.ask("POST", "/camera", b"[" * 100_000, Content_Type="application/json")[0] == 400


def test_the_process_says_where_everything_is_and_ends_when_told(
    tmp_path: Path, letters: Path, until: Callable[[Callable[[], bool]], None]
) -> None:
    stop = threading.Event()
    told: list[Mapping[str, object]] = []
    settings = Settings(tmp_path / "other", letters)
    thread = threading.Thread(target=run, args=(settings, stop, told.append))
    thread.start()
    until(lambda: bool(told))
    written = json.loads((tmp_path / "other" / "simulators.json").read_text(encoding="utf-8"))
    assert written == told[0]
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_two_kiosks_cannot_have_the_same_port(tmp_path: Path, bench: Bench) -> None:
    with pytest.raises(OSError, match="in use"), Bench(Settings(tmp_path / "second", printer_port=bench.printer.port)):
        pass


def test_a_printer_without_a_kiosk_still_prints_what_anyone_sends(
    bench: Bench, hand: Hand, until: Callable[[Callable[[], bool]], None]
) -> None:
    line = TcpLine("127.0.0.1", bench.printer.port)
    line.write(b"".join(layout.job(Receipt((Text("hand-made"),)), 48, "default", None)), 5)
    until(lambda: bool(hand.state()["printer"]["receipts"]))
    line.close()


def test_a_card_is_presented_at_the_dock_and_its_slips_lie_there(
    hand: Hand, supervisor: Supervisor, cancel: Event
) -> None:
    assert hand.state()["terminal"]["display"] == "Bereit"
    assert hand.post("/terminal", card="contactless", left="booked", reach="last", slow=3)["card"] == "contactless"
    with supervisor.lease(CARD_TERMINAL) as terminal:
        assert isinstance(terminal.pay(PRICE, Bags(), lambda _: None, cancel), Paid)
    told = hand.state()["terminal"]
    assert (told["charged"], told["left"], told["reach"]) == (PRICE, "booked", "last")
    assert [slip["kind"] for slip in told["slips"]] == ["merchant", "customer"]
    assert "Betrag 5,00 EUR" in told["slips"][1]["lines"]
    assert hand.post("/terminal", plugged=False)["plugged"] is False
    assert hand.post("/terminal", plugged=True, card="none", stop=True, fault="silent")["fault"] == "silent"
    assert hand.refused("/terminal", {"card": "gold"})[0] == 400


def test_a_bag_falls_into_the_tray_of_the_dock_and_is_taken(hand: Hand, supervisor: Supervisor, cancel: Event) -> None:
    with supervisor.lease(DISPENSER) as dispenser:
        assert dispenser.start(3, cancel) is None
        outcome = None
        while outcome is None:
            outcome = dispenser.follow(1)
    assert hand.state()["dispenser"]["tray"] == [3]
    assert hand.post("/dispenser/take") == {"taken": [3]}
    assert hand.state()["dispenser"]["columns"][2]["stock"] == 9
    broken = hand.post("/dispenser", column=3, stock=2, motor="stuck", falls="two", home="off", drop="on", silent=True)
    column = broken["columns"][2]
    assert (column["stock"], column["motor"], column["falls"], column["home"]) == (2, "stuck", "two", "off")
    assert (broken["drop"], broken["silent"]) == ("on", True)
    assert hand.post("/dispenser", plugged=False)["plugged"] is False
    assert hand.post("/dispenser", plugged=True)["plugged"] is True
    assert hand.refused("/dispenser", {"motor": "stuck"})[0] == 400
    assert hand.refused("/dispenser", {"column": 9, "stock": 1})[0] == 404


def test_the_dock_lays_a_german_card_in_where_there_is_one(tmp_path: Path, hand: Hand) -> None:
    assert hand.state()["ausweis"] is None
    with Bench(Settings(tmp_path / "german", german_card=True)) as bench:
        assert "[online_ausweis]" in bench.rig_file.read_text(encoding="utf-8")
        at_it = Hand(bench)
        state = at_it.post("/ausweis", card="fresh", fault="no_service")
        assert (state["card"], state["pin"], state["fault"]) == ("fresh", "12345", "no_service")
        assert at_it.post("/ausweis", card="pin_blocked")["tries"] == 0
        assert at_it.post("/ausweis", anew=True)["card"] == "none"
        assert at_it.post("/ausweis", plugged=False)["plugged"] is False
        assert at_it.refused("/ausweis", {"pin": "000000"})[0] == 400
        assert at_it.refused("/ausweis", {"card": "gold"})[0] == 400
        assert at_it.state()["ausweis"]["card"] == "none"
