"""The real AusweisApp and a German card by another hand: PINs set and blocked, people identified, all of it torn."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from devices.card_reading import LOOK, Looked, Lookup
from devices.conditions import Ready
from devices.drivers.ausweisapp import AUSWEISAPP
from devices.drivers.pcsc_reader import PCSC_READER
from devices.errors import Cancelled, Disconnected, TransportError
from devices.identity_cards import CardKind, Proven
from devices.online_ausweis import (
    CanWanted,
    CardLeft,
    CardWanted,
    GivenUp,
    Identified,
    NewPinWanted,
    PinBlocked,
    PinChanged,
    PinWanted,
    Refusal,
    Right,
    ServiceRefused,
    Wish,
)
from tests.cards.eid_client import EidClient
from tests.cards.eid_server import NEEDED, EidService
from tests.cards.eid_server_pki import ADDRESS, CAN_ALLOWED
from tests.cards.readers import Readers
from tests.devices.drivers.talks import Citizen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from devices.online_ausweis import OnlineAusweis, Over
    from tests.cards.readers import Card

PIN, CAN, NEW = "123456", "500540", "900900"
EMULATED = ("MUSTERMANN", "ERIKA", "1964-08-12")
"""Whom the emulated card belongs to."""
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


class Passer(Citizen):
    """Has no card, and goes."""

    def want_card(self, wanted: CardWanted, over: Over) -> bool:
        self.asked.append(wanted)
        return False


class Kiosk:
    """Keeps its device open from test to test, as a supervisor does: finding the readers takes half a second."""

    def __init__(self, client: EidClient, tc_token: str) -> None:
        self._client, self._tc_token = client, tc_token
        self._device: OnlineAusweis | None = None

    def device(self) -> OnlineAusweis:
        if self._device is not None:
            try:
                self._device.condition()
            except TransportError:
                self.let_go()
        if self._device is None:
            self._device = opened(self._client, self._tc_token)
        # pcscd sees 400 ms late that a virtual reader is empty, and the client later
        give_up = time.monotonic() + 20
        passer = Passer()
        while CardWanted.NONE_THERE not in passer.asked:
            assert time.monotonic() < give_up
            assert self._device.change_pin(passer, threading.Event()) in (GivenUp(), CardLeft())
        return self._device

    def let_go(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            device.close()


@pytest.fixture(scope="module")
def kiosk(only_client: EidClient, only_service: EidService) -> Iterator[Kiosk]:
    kiosk = Kiosk(only_client, only_service.tc_token)
    yield kiosk
    kiosk.let_go()


@pytest.fixture
def device(readers: Readers, service: EidService, kiosk: Kiosk) -> OnlineAusweis:
    return kiosk.device()


@pytest.fixture
def alone(kiosk: Kiosk) -> None:
    """Nobody else is connected to the client."""
    kiosk.let_go()


@pytest.fixture(scope="module")
def only_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EidService]:
    folder = tmp_path_factory.mktemp("service")
    with EidService(folder) as running:
        (folder / "root").write_bytes(running.papers.root)
        yield running


@pytest.fixture
def service(only_service: EidService) -> Iterator[EidService]:
    yield only_service
    only_service.required, only_service.optional = NEEDED, 0


@pytest.fixture
def holders_card(readers: Readers, service: EidService) -> Callable[..., Card]:
    """Lays in a card that trusts the service's root."""

    def lay_in(*more: str) -> Card:
        return german_card(readers, PIN, "--cvca", str(service.folder / "root"), *more)

    return lay_in


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


@pytest.mark.parametrize(("command", "outcome"), [(9, CardLeft()), (18, CardLeft(pin_unsure=True))])
def test_a_card_that_goes_while_the_client_works_with_it_is_over(
    readers: Readers, device: OnlineAusweis, cancel: threading.Event, command: int, outcome: CardLeft
) -> None:
    german_card(readers, PIN, "--die-after", str(command))
    citizen = Citizen(pins=(PIN,), new_pins=(NEW,))
    assert device.change_pin(citizen, cancel) == outcome


@pytest.mark.parametrize("there", ["no card", "a card", "a card that falls silent"])
def test_a_visit_that_ends_lets_go_within_half_a_second(
    readers: Readers, only_client: EidClient, alone: None, there: str, cancel: threading.Event
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
    readers: Readers, only_client: EidClient, alone: None, cancel: threading.Event
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


# Identified by the municipality's service


def test_a_citizen_is_identified_by_her_card_and_pin(
    device: OnlineAusweis, holders_card: Callable[..., Card], cancel: threading.Event
) -> None:
    citizen = Citizen(pins=(PIN,), meanwhile=lambda asked: holders_card() if isinstance(asked, Wish) else None)
    outcome = device.identify(citizen, cancel)
    assert isinstance(outcome, Identified)
    holder = outcome.holder
    assert (holder.kind, holder.proven) == (CardKind.DE_ONLINE_AUSWEIS, Proven.CHIP_GENUINE)
    assert (holder.family_name, holder.given_names, str(holder.birth_date)) == EMULATED
    wish = citizen.asked[0]
    assert isinstance(wish, Wish)
    assert set(wish.rights) == {Right.FAMILY_NAME, Right.GIVEN_NAMES, Right.DATE_OF_BIRTH}
    assert (wish.service, wish.purpose) == ("Stadt Musterstadt", "Anmeldung am Bürgerterminal")


def test_wrong_twice_then_the_print_then_right_is_identified(
    device: OnlineAusweis, holders_card: Callable[..., Card], cancel: threading.Event
) -> None:
    holders_card()
    citizen = Citizen(pins=("111111", "222222", PIN), cans=("000000", CAN))
    assert isinstance(device.identify(citizen, cancel), Identified)
    assert citizen.asked[-5:] == [
        PinWanted((6,), 3),
        PinWanted((6,), 2, refused=True),
        CanWanted(),
        CanWanted(refused=True),
        PinWanted((6,), 1),
    ]


@pytest.mark.parametrize(
    "giving_up", [Citizen(willing=False), Citizen(pins=(None,))], ids=["at the wish", "at the PIN"]
)
def test_who_gives_up_is_not_read_and_the_next_one_is(
    device: OnlineAusweis, holders_card: Callable[..., Card], cancel: threading.Event, giving_up: Citizen
) -> None:
    holders_card()
    assert device.identify(giving_up, cancel) == GivenUp()
    assert isinstance(device.identify(Citizen(pins=(PIN,)), cancel), Identified)


@pytest.mark.parametrize("command", [12, 28])
def test_a_card_that_goes_while_it_is_read_ends_it_wherever_it_was(
    device: OnlineAusweis, holders_card: Callable[..., Card], cancel: threading.Event, command: int
) -> None:
    holders_card("--die-after", str(command))
    assert device.identify(Citizen(pins=(PIN,)), cancel) == CardLeft()


def test_what_is_not_needed_is_switched_off_and_reading_by_can_is_never_allowed(
    device: OnlineAusweis, service: EidService, holders_card: Callable[..., Card], cancel: threading.Event
) -> None:
    holders_card()
    service.optional = ADDRESS | CAN_ALLOWED
    citizen = Citizen(pins=(PIN,))
    assert isinstance(device.identify(citizen, cancel), Identified)
    wish = citizen.asked[0]
    assert isinstance(wish, Wish)
    assert Right.ADDRESS not in wish.rights
    # even if the service insists: this client makes it a wish that can be switched off, and the PIN is asked for
    service.required, service.optional = NEEDED | CAN_ALLOWED, 0
    citizen = Citizen(pins=(None,), cans=(CAN,))
    assert device.identify(citizen, cancel) == GivenUp()
    assert citizen.asked[-1] == PinWanted((6,), 3)


def test_a_card_that_does_not_trust_the_service_tells_it_nothing(
    device: OnlineAusweis, readers: Readers, cancel: threading.Event
) -> None:
    german_card(readers)  # of a country with another root
    outcome = device.identify(Citizen(pins=(PIN,)), cancel)
    assert isinstance(outcome, ServiceRefused)
    assert outcome.refusal is Refusal.CARD_REFUSED


def test_a_service_that_does_not_answer_is_told_apart_from_a_bad_card(
    readers: Readers, only_client: EidClient, alone: None, cancel: threading.Event
) -> None:
    with closing(opened(only_client, NOWHERE)) as device:
        outcome = device.identify(Citizen(), cancel)
    assert isinstance(outcome, ServiceRefused)
    assert outcome.refusal is Refusal.NO_SERVICE


def test_nothing_of_a_visit_is_in_what_the_client_writes(
    device: OnlineAusweis, holders_card: Callable[..., Card], only_client: EidClient, cancel: threading.Event
) -> None:
    holders_card()
    assert isinstance(device.identify(Citizen(pins=(PIN,)), cancel), Identified)
    assert device.change_pin(Citizen(pins=(PIN,), new_pins=(NEW,)), cancel) == PinChanged()
    family, given, _ = EMULATED
    for path in only_client.home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(each.encode() in content for each in (PIN, NEW, CAN, family, given))


def test_between_two_identifications_the_same_reader_reads_other_cards(
    readers: Readers, device: OnlineAusweis, holders_card: Callable[..., Card], cancel: threading.Event
) -> None:
    holders_card()
    for _ in range(2):
        assert isinstance(device.identify(Citizen(pins=(PIN,)), cancel), Identified)
        with closing(PCSC_READER.open({"socket": str(readers.socket)})) as reader:
            assert isinstance(reader.work(LOOK, Lookup(), cancel), Looked)
