"""The guard in conftest.py: a test that would leave this machine fails, and says so."""

from __future__ import annotations

import socket

import pytest


def test_a_test_cannot_connect_to_somebody_else() -> None:
    with socket.socket() as wire, pytest.raises(Exception, match="tests use"):
        wire.connect(("192.0.2.1", 9))  # an address for documentation, RFC 5737: nobody is there


def test_a_test_cannot_connect_to_a_name() -> None:
    with pytest.raises(Exception, match="tests use"):
        socket.create_connection(("example.org", 80))


def test_a_test_cannot_listen_for_the_whole_network() -> None:
    with socket.socket() as wire, pytest.raises(Exception, match="tests use"):
        wire.bind(("0.0.0.0", 0))


def test_a_test_cannot_ask_for_a_strangers_address() -> None:
    with pytest.raises(Exception, match="tests use"):
        socket.getaddrinfo("example.org", 80)


def test_a_test_reaches_its_own_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as wire:
        assert wire.getpeername() == listener.getsockname()
