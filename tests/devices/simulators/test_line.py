"""The line to the office: cut, left hanging, and mended."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest

from devices.simulators.line import Cut, Line

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def office() -> Iterator[tuple[str, int]]:
    """An office that says back whatever it hears."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                caller, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=echo, args=(caller,), daemon=True).start()

    def echo(caller: socket.socket) -> None:
        with caller:
            try:
                while heard := caller.recv(4096):
                    caller.sendall(heard)
            except OSError:
                return

    thread = threading.Thread(target=serve)
    thread.start()
    yield listening.getsockname()
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(5)


@pytest.fixture
def line(office: tuple[str, int]) -> Iterator[Line]:
    line = Line(0, office)
    yield line
    line.close()


def call(line: Line) -> socket.socket:
    caller = socket.create_connection(("127.0.0.1", line.port), 5)
    caller.settimeout(5)
    return caller


def echoed(caller: socket.socket, said: bytes) -> bytes:
    caller.sendall(said)
    heard = b""
    while len(heard) < len(said) and (piece := caller.recv(65536)):
        heard += piece
    return heard


def ended(caller: socket.socket) -> bool:
    """Whether the other end hangs up, one way or another."""
    try:
        return not caller.recv(10)
    except ConnectionError:
        return True


def test_the_line_carries_both_ways(line: Line) -> None:
    with call(line) as caller:
        assert echoed(caller, b"x" * 300_000) == b"x" * 300_000


def test_a_cut_line_breaks_who_is_talking_and_refuses_who_calls(line: Line) -> None:
    with call(line) as caller:
        assert echoed(caller, b"hello") == b"hello"
        line.cut(Cut.REFUSED)
        assert ended(caller)
    with pytest.raises(ConnectionRefusedError):
        call(line)
    assert line.state()["cut"] is True


def test_a_hanging_line_takes_the_call_and_never_answers(line: Line) -> None:
    line.cut(Cut.HUNG)
    with call(line) as caller:
        caller.sendall(b"hello?")
        caller.settimeout(0.2)
        with pytest.raises(TimeoutError):
            caller.recv(10)
        assert line.state()["manner"] == "hung"
        line.mend()
        caller.settimeout(5)
        assert ended(caller)
    with call(line) as caller:
        assert echoed(caller, b"again") == b"again"


def test_a_mended_line_has_the_same_address(line: Line) -> None:
    port = line.port
    line.cut(Cut.REFUSED)
    line.mend()
    assert line.port == port
    with call(line) as caller:
        assert echoed(caller, b"hello") == b"hello"
    state = line.state()  # once: the connection may end between two looks
    assert (state["cut"], state["manner"], state["port"]) == (False, None, port)


def test_an_office_that_is_closed_ends_the_call(office: tuple[str, int]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = gone.getsockname()
    line = Line(0, address)
    with call(line) as caller:
        assert ended(caller)
    line.close()
