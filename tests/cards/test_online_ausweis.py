"""The real AusweisApp and a German card by another hand: a PIN set, blocked, and interrupted in every way."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from devices.conditions import Ready
from devices.drivers.ausweisapp import AUSWEISAPP
from devices.errors import Cancelled, Disconnected, TransportError
from devices.online_ausweis import (
    CanWanted,
    CardLeft,
    CardWanted,
    GivenUp,
    NewPinWanted,
    PinBlocked,
    PinChanged,
    PinWanted,
)
from tests.cards.eid_client import EidClient
from tests.cards.readers import Readers
from tests.devices.drivers.talks import Citizen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devices.online_ausweis import OnlineAusweis
    from tests.cards.readers import Card

PIN, CAN, NEW = "123456", "500540", "900900"
NOWHERE = "http://127.0.0.1:9/tc-token"


@pytest.fixture(scope="module")
def only_readers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    with Readers(tmp_path_factory.mktemp("cards") / "pcscd") as running:
        yield running


@pytest.fixture(scope="module")
def only_client(only_readers: Readers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EidClient]:
    with EidClient(tmp_path_factory.mktemp("client") / "home", only_readers.environment) as running:
        yield running


@pytest.fixture
def readers(only_readers: Readers) -> Iterator[Readers]:
    yield only_readers
    only_readers.empty()


def opened(client: EidClient, tc_token: str = NOWHERE) -> OnlineAusweis:
    """Whoever was connected before may not have been forgotten yet."""
    give_up = time.monotonic() + 20
    while True:
        try:
            return AUSWEISAPP.open({"address": client.address, "tc_token": tc_token, "developer": True})
        except TransportError:
            assert time.monotonic() < give_up
            time.sleep(0.05)


@pytest.fixture
def device(readers: Readers, only_client: EidClient) -> Iterator[OnlineAusweis]:
    with closing(opened(only_client)) as device:
        yield device


@pytest.fixture
def cancel() -> threading.Event:
    return threading.Event()


def german_card(readers: Readers, pin: str = PIN, *more: str) -> Card:
    return readers.insert("nPA", "--pin", pin, "--can", CAN, *more)


def test_a_citizen_sets_a_pin_and_the_old_one_opens_nothing_any_more(
    readers: Readers, device: OnlineAusweis, cancel: threading.Event
) -> None:
    assert device.condition() == Ready()

    def comes(asked: object) -> None:
        if asked == CardWanted.NONE_THERE:
            german_card(readers)

    assert device.change_pin(Citizen(pins=(PIN,), new_pins=(NEW,), meanwhile=comes), cancel) == PinChanged()
    again = Citizen(pins=(PIN, NEW), new_pins=(PIN,))
    assert device.change_pin(again, cancel) == PinChanged()
    assert again.asked == [PinWanted((5, 6), 3), PinWanted((5, 6), 2, refused=True), NewPinWanted()]


def test_the_pin_of_the_letter_becomes_ones_own(
    readers: Readers, device: OnlineAusweis, cancel: threading.Event
) -> None:
    german_card(readers, "12345")
    assert device.change_pin(Citizen(pins=("12345",), new_pins=(NEW,)), cancel) == PinChanged()
    assert device.change_pin(Citizen(pins=(NEW,), new_pins=(PIN,)), cancel) == PinChanged()


def test_a_pin_wrong_twice_asks_for_the_print_and_wrong_three_times_is_blocked(
    readers: Readers, device: OnlineAusweis, cancel: threading.Event
) -> None:
    german_card(readers)
    citizen = Citizen(pins=("111111", "222222", "333333"), cans=("000000", CAN))
    assert device.change_pin(citizen, cancel) == PinBlocked()
    assert citizen.asked[-5:] == [
        PinWanted((5, 6), 3),
        PinWanted((5, 6), 2, refused=True),
        CanWanted(),
        CanWanted(refused=True),
        PinWanted((5, 6), 1),
    ]


@pytest.mark.parametrize("at", [PinWanted, NewPinWanted])
def test_a_card_pulled_while_a_number_is_typed_is_over_and_the_next_card_is_opened_with_nothing(
    readers: Readers, device: OnlineAusweis, cancel: threading.Event, at: type[object]
) -> None:
    first = german_card(readers)
    pulled = Citizen(
        pins=(PIN,) if at is NewPinWanted else (),
        meanwhile=lambda asked: first.pull() if isinstance(asked, at) else None,
    )
    assert device.change_pin(pulled, cancel) == CardLeft()
    german_card(readers)
    next_citizen = Citizen(pins=(None,))
    assert device.change_pin(next_citizen, cancel) == GivenUp()
    assert next_citizen.asked[-1] == PinWanted((5, 6), 3)


def test_a_card_that_goes_while_the_client_works_with_it_is_over(
    readers: Readers, device: OnlineAusweis, cancel: threading.Event
) -> None:
    german_card(readers, PIN, "--die-after", "14")
    citizen = Citizen(pins=(PIN,), new_pins=(NEW,))
    assert device.change_pin(citizen, cancel) == CardLeft()
    assert citizen.asked[-1] == PinWanted((5, 6), 3)


@pytest.mark.parametrize("there", ["no card", "a card", "a card that falls silent"])
def test_a_visit_that_ends_lets_go_within_half_a_second(
    readers: Readers, only_client: EidClient, there: str, cancel: threading.Event
) -> None:
    device = opened(only_client)
    card = None
    if there != "no card":
        card = german_card(readers, PIN, *(("--mute-after", "14") if there.endswith("silent") else ()))
    reached, raised = threading.Event(), list[BaseException]()

    def at(asked: object) -> None:
        if asked == CardWanted.NONE_THERE and there == "no card":
            reached.set()
        if isinstance(asked, PinWanted):
            reached.set()

    def visit() -> None:
        try:
            device.change_pin(Citizen(pins=(PIN,) if there.endswith("silent") else (), meanwhile=at), cancel)
        except Cancelled as error:
            raised.append(error)

    thread = threading.Thread(target=visit)
    thread.start()
    assert reached.wait(20)
    thread.join(0.3)  # so that it works with the card that falls silent
    assert thread.is_alive()
    cancel.set()
    thread.join(0.5)
    assert not thread.is_alive()
    assert len(raised) == 1
    device.close()
    if card is not None:
        card.pull()
    with closing(opened(only_client)) as again:
        assert again.condition() == Ready()


def test_a_client_that_dies_in_the_middle_ends_the_visit_and_is_found_again(
    readers: Readers, only_client: EidClient, cancel: threading.Event
) -> None:
    german_card(readers)

    def restart(asked: object) -> None:
        if isinstance(asked, PinWanted):
            only_client.kill()
            only_client.start()

    with closing(opened(only_client)) as device, pytest.raises(Disconnected):
        device.change_pin(Citizen(meanwhile=restart), cancel)
    with closing(opened(only_client)) as device:
        assert device.change_pin(Citizen(pins=(PIN,), new_pins=(NEW,)), cancel) == PinChanged()


def test_the_client_is_asked_by_one_at_a_time(device: OnlineAusweis, only_client: EidClient) -> None:
    with pytest.raises(Disconnected):
        AUSWEISAPP.open({"address": only_client.address, "tc_token": NOWHERE, "developer": True})
    assert device.condition() == Ready()


def test_the_client_keeps_nothing_of_a_visit_on_disk(
    readers: Readers, device: OnlineAusweis, only_client: EidClient, cancel: threading.Event
) -> None:
    german_card(readers)
    assert device.change_pin(Citizen(pins=(PIN,), new_pins=(NEW,)), cancel) == PinChanged()
    for path in only_client.home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert PIN.encode() not in content
            assert NEW.encode() not in content
