"""For every test: the quick ones first, and no way out of this machine."""

from __future__ import annotations

import ipaddress
import socket
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

# Later folders hold slower tests: whole processes, then whole visits. What is not named here is quick.
SLOW_FOLDERS = ("tests/deploy/", "tests/bench/", "tests/network/", "tests/drills/", "tests/visit/")

INTERNET_FAMILIES = (socket.AF_INET, socket.AF_INET6)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the quick ones first; within a folder the order stays as written."""
    items.sort(key=_slowness)


def _slowness(item: pytest.Item) -> int:
    for weight, folder in enumerate(SLOW_FOLDERS, start=1):
        if item.nodeid.startswith(folder):
            return weight
    return 0


class LeftThisMachine(Exception):
    """A test tried to speak to, or listen for, someone else than this machine itself."""


def _is_this_machine(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not isinstance(host, str):
        return host is None
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _stay_on_this_machine(event: str, arguments: Sequence[object]) -> None:
    if event in {"socket.connect", "socket.bind", "socket.sendto"}:
        wire, address = arguments[0], arguments[1]
        if isinstance(wire, socket.socket) and wire.family in INTERNET_FAMILIES and isinstance(address, tuple):
            host: object = address[0]
        else:
            return
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if not _is_this_machine(host):
        raise LeftThisMachine(f"{event} to {host!r}: tests use 127.0.0.1 alone")


# An audit hook holds for the whole process, for every thread and library, and can't be taken off again.
sys.addaudithook(_stay_on_this_machine)
