"""The dock: the page on which a person plays with the simulated devices, and the interface by which tests do.

Loopback only: a request must name 127.0.0.1 or localhost as its host, and every POST must be `application/json`, so
that no web page elsewhere can reach it through somebody's browser. Answers are JSON; errors are
`{"error": "sentence"}` with status 400, 404, 409 or 413.

    GET  /                            the page
    GET  /state                       everything: letters, camera, scanner, printer (with receipts), wall, terminal,
                                      dispenser, ups, line
    GET  /letters/NAME                a letter's thumbnail, PNG
    GET  /camera.jpg                  what the camera sees now
    GET  /printer/receipts/N.png      receipt number N
    GET  /fonts/NAME                  a face of the page
    POST /camera                      {"letter": NAME} (with {"on_phone": true}: its code on a phone) |
                                      {"picture": base64 of PNG, JPEG, WebP or PDF} | {"nothing": true};
                                      and, alone or along with it,
                                      {"view": {"zoom", "x", "y", "turn", "tilt", "blur", "noise", "shade", "glare",
                                      "dim"}} (any of them; `scene.View`), {"plugged": bool}
    POST /scanner                     {"text": str} | {"bytes": base64} | {"letter": NAME} (scans its payload), with
                                      {"terminator": str, CR unless given} and {"one_by_one": bool};
                                      {"plugged": bool}
    POST /printer                     any of {"paper": "ok" | "near_end" | "out", "paper_left_mm": number,
                                      "cover": "open" | "closed", "cutter": "ok" | "jammed", "silent": bool,
                                      "plugged": bool}
    POST /printer/take                {} ; takes the slips away, answers {"taken": [numbers]}
    POST /wall                        {"compartment": number} with any of {"door": "open" | "closed" (pulls it open or
                                      pushes it shut), "lock": "ok" | "stuck", "contact": "truth" | "open" | "closed"};
                                      {"board": id, "silent": bool}; {"noise": 0 to 1}; {"plugged": bool}
    POST /terminal                    any of {"card": NAME | "none", "stop": true (its red key), "plugged": bool
                                      (line and power), "fault": "none" | "silent" | "half" | "garbage" |
                                      "slow_host" | "no_host" | "lost_completion" | "tracks" | "out_of_order" |
                                      "day_first" | "journal_full", "slow": a slow host's seconds, "reach": "any" |
                                      "last" (what it reverses), "left": "taken_back" | "booked" (a payment whose
                                      kiosk fell silent), "exchanged": true (another terminal in its place)}
    POST /dispenser                   {"column": number} with any of {"stock": bags (also sets its motor home), "motor":
                                      "runs" | "stuck" | "sticks_halfway", "falls": "one" | "two" | "hangs",
                                      "home": "truth" | "on" | "off"}; {"drop": "truth" | "on" | "off"} (the drop
                                      sensor); {"silent": bool} (its board); {"plugged": bool}
    POST /dispenser/take              {} ; takes the bags away, answers {"taken": [the columns they came from]}
    POST /ups                         any of {"mains": "on" | "off" | "ending" (on battery, nearly empty), "stale":
                                      bool (its cable is loose), "old": bool (its battery), "plugged": bool (upsd)}
    POST /ausweis                     any of {"card": "none" | "hers" | "fresh" (it has the letter's PIN) |
                                      "pin_blocked" | "switched_off" (its online function) | "other_kind", "anew": true
                                      (all cards as they were at first), "fault": "none" | "hangs" | "no_service" |
                                      "asks_too_much" | "result_lost", "plugged": bool (AusweisApp)}
    POST /line                        {"cut": bool, "manner": "refused" (unless given) | "hung"}

Every POST but those that take answers with the new state of its device.
"""

from __future__ import annotations

import contextlib
import json
import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from devices.simulators import terminal_wishes, wishes
from devices.simulators.doors import Says
from devices.simulators.letters import UnreadablePicture, own_picture
from devices.simulators.line import Cut
from devices.simulators.printer import Paper
from devices.simulators.settings import LOOPBACK
from devices.simulators.wishes import Refused, Wish

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from devices.simulators.ausweisapp import AusweisAppEnd
    from devices.simulators.camera import Camera
    from devices.simulators.dispenser import Dispenser
    from devices.simulators.letters import Letters
    from devices.simulators.line import Line
    from devices.simulators.printer import Printer
    from devices.simulators.scanner import Scanner
    from devices.simulators.terminal import Terminal
    from devices.simulators.ups import Ups
    from devices.simulators.wall import Wall

MAX_BODY: Final = 24 * 1024 * 1024
"""Bytes of a request: a large photograph in base 64."""

_HOSTS: Final = (LOOPBACK, "localhost")


@dataclass(frozen=True)
class Devices:
    """What stands on the dock."""

    camera: Camera
    scanner: Scanner
    printer: Printer
    wall: Wall
    terminal: Terminal
    dispenser: Dispenser
    ups: Ups
    ausweis: AusweisAppEnd | None
    line: Line | None
    letters: Letters
    faces: tuple[Path, ...]


class Dock:
    """Serves the page and the interface on loopback."""

    def __init__(self, port: int, on_it: Devices) -> None:
        self._camera, self._scanner, self._printer = on_it.camera, on_it.scanner, on_it.printer
        self._wall, self._line, self._letters = on_it.wall, on_it.line, on_it.letters
        self._terminal, self._dispenser, self._ups = on_it.terminal, on_it.dispenser, on_it.ups
        self._ausweis = on_it.ausweis
        self._faces = {face.name: face for face in on_it.faces}
        self._page = (resources.files("devices.simulators") / "dock.html").read_bytes()
        dock = self

        class Bound(_Request):
            """A request to this dock."""

            def answer_get(self, path: str) -> tuple[str, bytes]:
                return dock.get(path)

            def answer_post(self, path: str, wish: Wish) -> Mapping[str, object]:
                return dock.post(path, wish)

        self._server = _Server((LOOPBACK, port), Bound)
        self.port = int(self._server.server_address[1])
        self.url = f"http://{LOOPBACK}:{self.port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="dock", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def state(self) -> Mapping[str, object]:
        """Everything."""
        return {
            "letters": [
                {**letter.told, "name": letter.name, "thumbnail": f"/letters/{letter.name}"}
                for letter in self._letters.all()
            ],
            "camera": self._camera.state(),
            "scanner": self._scanner.state(),
            "printer": self._printer.state(),
            "wall": self._wall.state(),
            "terminal": self._terminal.state(),
            "dispenser": self._dispenser.state(),
            "ups": self._ups.state(),
            "ausweis": self._ausweis.state() if self._ausweis is not None else None,
            "line": self._line.state() if self._line is not None else None,
        }

    def get(self, path: str) -> tuple[str, bytes]:
        """The type and bytes behind a path."""
        match path.strip("/").split("/"):
            case [""]:
                return "text/html; charset=utf-8", self._page
            case ["state"]:
                return "application/json", json.dumps(self.state()).encode()
            case ["camera.jpg"]:
                return "image/jpeg", self._camera.jpeg()
            case ["letters", name]:
                try:
                    return "image/png", self._letters.thumbnail(name)
                except KeyError:
                    raise Refused(404, f"there is no letter {name!r}") from None
            case ["fonts", name] if name in self._faces:
                return "font/ttf", self._faces[name].read_bytes()
            case ["printer", "receipts", file] if file.endswith(".png") and file[:-4].isdecimal():
                slip = self._printer.slip(int(file[:-4]))
                if slip is not None:
                    return "image/png", slip.png
                raise Refused(404, f"there is no receipt {file[:-4]}")
        raise Refused(404, f"there is nothing at {path}")

    def post(self, path: str, wish: Wish) -> Mapping[str, object]:
        """Do what is wished; the new state of the device."""
        match path.strip("/"):
            case "camera":
                return self._post_camera(wish)
            case "scanner":
                return self._post_scanner(wish)
            case "printer":
                return self._post_printer(wish)
            case "printer/take":
                return {"taken": self._printer.take()}
            case "wall":
                return self._post_wall(wish)
            case "terminal":
                return terminal_wishes.grant(self._terminal, wish)
            case "dispenser":
                return self._dispenser.grant(wish)
            case "dispenser/take":
                return {"taken": list(self._dispenser.columns.take())}
            case "ups":
                return self._ups.grant(wish)
            case "ausweis" if self._ausweis is not None:
                return self._ausweis.grant(wish)
            case "line":
                return self._post_line(wish)
        raise Refused(404, f"there is nothing at {path}")

    def _post_camera(self, wish: Wish) -> Mapping[str, object]:
        wishes.known(wish, "letter", "on_phone", "picture", "nothing", "view", "plugged", "title")
        if "view" in wish:
            self._camera.look_through(wishes.view(self._camera.view, wish["view"]))
        if "letter" in wish:
            name = wishes.text(wish, "letter")
            try:
                on_phone = wishes.flag(wish, "on_phone") or False
                self._camera.show(self._letters.on_phone(name) if on_phone else self._letters.subject(name), name)
            except KeyError:
                raise Refused(404, f"there is no letter {name!r}") from None
        elif "picture" in wish:
            self._camera.show(own_picture(wishes.content(wish, "picture")), str(wish.get("title", "own picture")))
        elif wish.get("nothing") is True:
            self._camera.show(None, None)
        match wishes.flag(wish, "plugged"):
            case True:
                self._camera.plug()
            case False:
                self._camera.unplug()
        return self._camera.state()

    def _post_scanner(self, wish: Wish) -> Mapping[str, object]:
        wishes.known(wish, "text", "bytes", "letter", "terminator", "one_by_one", "plugged")
        match wishes.flag(wish, "plugged"):
            case True:
                self._scanner.plug()
            case False:
                self._scanner.unplug()
        code: bytes | None = None
        if "text" in wish:
            code = wishes.text(wish, "text").encode("utf-8", "surrogatepass")
        elif "bytes" in wish:
            code = wishes.content(wish, "bytes")
        elif "letter" in wish:
            name = wishes.text(wish, "letter")
            payload = next((each.told.get("payload") for each in self._letters.all() if each.name == name), None)
            if not isinstance(payload, str):
                raise Refused(404, f"there is no letter {name!r} with a payload")
            code = payload.encode()
        if code is not None:
            terminator = wishes.text(wish, "terminator").encode() if "terminator" in wish else b"\r"
            if not self._scanner.send(code, terminator=terminator, one_by_one=wishes.flag(wish, "one_by_one") or False):
                raise Refused(409, "the scanner is unplugged, or nobody reads from it")
        return self._scanner.state()

    def _post_printer(self, wish: Wish) -> Mapping[str, object]:
        wishes.known(wish, "paper", "paper_left_mm", "cover", "cutter", "silent", "plugged")
        if "paper" in wish:
            self._printer.set_paper(Paper(wishes.one_of(wish, "paper", *Paper)))
        if "paper_left_mm" in wish:
            self._printer.set_paper_left(wishes.number(wish["paper_left_mm"], "paper_left_mm", 0.0, 100_000.0))
        if "cover" in wish:
            self._printer.set_cover(opened=wishes.one_of(wish, "cover", "open", "closed") == "open")
        if "cutter" in wish:
            self._printer.set_cutter(jams=wishes.one_of(wish, "cutter", "ok", "jammed") == "jammed")
        if (silent := wishes.flag(wish, "silent")) is not None:
            self._printer.set_silent(silent=silent)
        match wishes.flag(wish, "plugged"):
            case True:
                self._printer.plug()
            case False:
                self._printer.unplug()
        return self._printer.state()

    def _post_wall(self, wish: Wish) -> Mapping[str, object]:
        wishes.known(wish, "compartment", "door", "lock", "contact", "board", "silent", "noise", "plugged")
        if "compartment" in wish:
            self._touch(wishes.one_known(wish, "compartment", self._wall.doors.numbers), wish)
        elif touched := {"door", "lock", "contact"} & set(wish):
            raise Refused(400, f"{min(touched)} needs a compartment")
        if (silent := wishes.flag(wish, "silent")) is not None:
            self._wall.silence(wishes.one_known(wish, "board", self._wall.doors.boards), silent=silent)
        if "noise" in wish:
            self._wall.set_noise(wishes.number(wish["noise"], "noise", 0.0, 1.0))
        match wishes.flag(wish, "plugged"):
            case True:
                self._wall.plug()
            case False:
                self._wall.unplug()
        return self._wall.state()

    def _touch(self, number: int, wish: Wish) -> None:
        if "lock" in wish:
            self._wall.stick(number, stuck=wishes.one_of(wish, "lock", "ok", "stuck") == "stuck")
        if "contact" in wish:
            self._wall.lie(number, Says(wishes.one_of(wish, "contact", *Says)))
        if "door" in wish:
            self._wall.set_open(number, opened=wishes.one_of(wish, "door", "open", "closed") == "open")

    def _post_line(self, wish: Wish) -> Mapping[str, object]:
        wishes.known(wish, "cut", "manner")
        if self._line is None:
            raise Refused(404, "no office was named when the simulators were started, so there is no line")
        match wishes.flag(wish, "cut"):
            case True:
                manner = wishes.one_of(wish, "manner", *Cut) if "manner" in wish else Cut.REFUSED
                self._line.cut(Cut(manner))
            case False:
                self._line.mend()
        return self._line.state()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True


class _Request(BaseHTTPRequestHandler, ABC):
    protocol_version = "HTTP/1.1"
    server_version = "dock"
    sys_version = ""
    timeout = 20

    @abstractmethod
    def answer_get(self, path: str) -> tuple[str, bytes]:
        """The kind and content of what `path` names."""

    @abstractmethod
    def answer_post(self, path: str, wish: Wish) -> Mapping[str, object]:
        """Do what is wished at `path`; the new state."""

    def do_GET(self) -> None:
        try:
            self._check_host()
            kind, body = self.answer_get(unquote(urlsplit(self.path).path))
            self._answer(200, kind, body)
        except UnreadablePicture as error:
            self._refuse(Refused(400, str(error)))
        except Refused as refused:
            self._refuse(refused)

    def do_POST(self) -> None:
        try:
            self._check_host()
            wish = self._wish()
            new = self.answer_post(unquote(urlsplit(self.path).path), wish)
            self._answer(200, "application/json", json.dumps(new).encode())
        except UnreadablePicture as error:
            self._refuse(Refused(400, str(error)))
        except Refused as refused:
            self._refuse(refused)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401  the name and type of http.server
        """Say nothing: the page asks for pictures all day long."""

    def _check_host(self) -> None:
        # Without this a web page could reach us under a name of its own that resolves to 127.0.0.1.
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        if host not in _HOSTS:
            self.close_connection = True
            raise Refused(400, "the dock is reached as 127.0.0.1 or localhost only")

    def _wish(self) -> Wish:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MAX_BODY:
            self.close_connection = True
            raise Refused(413, f"a request carries at most {MAX_BODY} bytes and says how many")
        body = self.rfile.read(int(length))
        if self.headers.get_content_type() != "application/json":
            raise Refused(400, "the body must be application/json")
        try:
            wish = json.loads(body or b"{}")
        except (ValueError, RecursionError):
            raise Refused(400, "the body is not JSON") from None
        if not isinstance(wish, dict):
            raise Refused(400, "the body must be a JSON object")
        return wish

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        with contextlib.suppress(ConnectionError):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.wfile.write(body)

    def _refuse(self, refused: Refused) -> None:
        self._answer(refused.status, "application/json", json.dumps({"error": refused.sentence}).encode())
