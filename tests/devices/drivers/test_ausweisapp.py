"""The German card against the simulated client: each way a visit can go, and messages that no client would send."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
import tomllib
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.conditions import Ready
from devices.drivers.ausweisapp import AUSWEISAPP, sdk
from devices.drivers.ausweisapp.collecting import LONGEST, holder_in, parse_service
from devices.drivers.ausweisapp.exchange import Astray, Conversation, Ended, Identification, Leaving, PinChange
from devices.drivers.ausweisapp.wire import SdkWire, parse_client
from devices.errors import Cancelled, Disconnected, ProtocolError, Timeout, TransportError
from devices.identity_cards import CardKind, Holder, Proven
from devices.online_ausweis import (
    CanWanted,
    CardLeft,
    CardWanted,
    EidNotActivated,
    GivenUp,
    Identified,
    NewPinWanted,
    Pad,
    PadWanted,
    PinBlocked,
    PinChanged,
    PinWanted,
    Refusal,
    Right,
    ServiceRefused,
    Wish,
)
from devices.rig import RigError
from devices.simulators import ausweisapp_lines as lines
from devices.simulators.ausweisapp import AusweisAppEnd, Fault
from tests.devices.drivers.talks import Citizen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from devices.online_ausweis import OnlineAusweis
    from devices.rig import Options

ERIKA = Holder(CardKind.DE_ONLINE_AUSWEIS, Proven.CHIP_GENUINE, "Mustermann", "Erika", date(1964, 8, 12))
PIN, CAN = "123456", "500540"


def options(end: AusweisAppEnd) -> Options:
    table = tomllib.loads(end.rig())["online_ausweis"]
    del table["driver"]
    return dict(table)


@pytest.fixture
def end() -> Iterator[AusweisAppEnd]:
    with closing(AusweisAppEnd()) as end:
        yield end


@pytest.fixture
def device(end: AusweisAppEnd) -> Iterator[OnlineAusweis]:
    with closing(AUSWEISAPP.open(options(end))) as device:
        yield device


def test_a_citizen_sees_who_asks_for_what_and_is_identified_by_her_pin(
    end: AusweisAppEnd, device: OnlineAusweis, cancel: threading.Event
) -> None:
    end.insert()
    citizen = Citizen(pins=(PIN,))
    assert device.identify(citizen, cancel) == Identified(ERIKA)
    wish, pin = citizen.asked
    assert isinstance(wish, Wish)
    assert set(wish.rights) == {Right.FAMILY_NAME, Right.GIVEN_NAMES, Right.DATE_OF_BIRTH}
    assert wish.service == "Stadt Musterstadt"
    assert pin == PinWanted((6,), 3)


def test_who_has_no_card_there_is_asked_for_it_and_goes_on_when_it_comes(
    end: AusweisAppEnd, device: OnlineAusweis, cancel: threading.Event
) -> None:
    citizen = Citizen(pins=(PIN,), meanwhile=lambda asked: end.insert() if asked == CardWanted.NONE_THERE else None)
    assert device.identify(citizen, cancel) == Identified(ERIKA)
    assert citizen.asked[1] == CardWanted.NONE_THERE


def test_a_pin_wrong_twice_needs_the_six_digits_of_the_print_before_the_last_try(
    end: AusweisAppEnd, device: OnlineAusweis, cancel: threading.Event
) -> None:
    end.insert()
    citizen = Citizen(pins=("111111", "222222", PIN), cans=("000000", CAN))
    assert device.identify(citizen, cancel) == Identified(ERIKA)
    assert citizen.asked[1:] == [
        PinWanted((6,), 3),
        PinWanted((6,), 2, refused=True),
        CanWanted(),
        CanWanted(refused=True),
        PinWanted((6,), 1),
    ]


def test_a_pin_wrong_three_times_is_blocked_and_the_puk_is_never_asked_for(
    end: AusweisAppEnd, device: OnlineAusweis, cancel: threading.Event
) -> None:
    end.insert()
    citizen = Citizen(pins=("111111", "222222", "333333"), cans=(CAN,))
    assert device.identify(citizen, cancel) == PinBlocked()
    assert device.change_pin(Citizen(), cancel) == PinBlocked()
    assert device.condition() == Ready()


def test_the_pin_of_the_letter_is_exchanged_for_ones_own(
    end: AusweisAppEnd, device: OnlineAusweis, cancel: threading.Event
) -> None:
    end.card.pin = "12345"
    end.insert()
    citizen = Citizen(pins=("12345",), new_pins=("900900",))
    assert device.change_pin(citizen, cancel) == PinChanged()
    assert citizen.asked == [PinWanted((5, 6), 3), NewPinWanted()]
    assert end.card.pin == "900900"


def test_where_the_reader_has_a_pad_the_kiosk_hears_no_pin(cancel: threading.Event) -> None:
    with closing(AusweisAppEnd(keypad=True)) as end, closing(AUSWEISAPP.open(options(end))) as device:
        end.insert()
        assert device.change_pin(Citizen(), cancel) == PinChanged()
        assert end.card.pin == "654321"


def test_what_is_to_be_typed_on_the_readers_pad_is_shown() -> None:
    conversation = PinChange()
    conversation.take_commands()
    at_pad = sdk.ReaderState("A", True, True, False, sdk.CardState(False, False, 3))  # noqa: FBT003
    for message, turn, commands in (
        (sdk.EnterPin(at_pad), PadWanted(Pad.PIN, 3), (sdk.set_pin(None),)),
        (sdk.EnterPin(at_pad), PadWanted(Pad.PIN, 2, refused=True), (sdk.set_pin(None),)),
        (sdk.EnterCan(at_pad), PadWanted(Pad.CAN, None), (sdk.set_can(None),)),
        (sdk.EnterPin(at_pad), PadWanted(Pad.PIN, 1), (sdk.set_pin(None),)),
        (sdk.EnterNewPin(at_pad), PadWanted(Pad.NEW_PIN, None), (sdk.set_new_pin(None),)),
        (sdk.PinChangeEnded(well=True, code=""), Ended(PinChanged()), ()),
    ):
        conversation.hear(message)
        assert conversation.turn == turn
        assert conversation.take_commands() == commands


def test_a_card_whose_online_function_is_off_is_sent_to_the_office(
    end: AusweisAppEnd, device: OnlineAusweis, cancel: threading.Event
) -> None:
    end.card.deactivated = True
    citizen = Citizen(meanwhile=lambda asked: end.insert() if asked == CardWanted.NONE_THERE else None)
    assert device.identify(citizen, cancel) == EidNotActivated()


def test_a_card_whose_online_function_is_off_is_told_of_though_it_lay_there_before(
    end: AusweisAppEnd, device: OnlineAusweis, cancel: threading.Event
) -> None:
    end.card.deactivated = True
    end.insert()
    assert device.change_pin(Citizen(), cancel) == EidNotActivated()


def test_a_card_of_another_kind_is_told_of_though_it_lay_there_before(
    end: AusweisAppEnd, device: OnlineAusweis, cancel: threading.Event
) -> None:
    end.grant({"card": "other_kind"})

    def meanwhile(asked: object) -> None:
        if asked == CardWanted.ANOTHER_KIND:
            end.grant({"card": "none"})
        elif asked == CardWanted.NONE_THERE and CardWanted.ANOTHER_KIND in citizen.asked:
            end.grant({"card": "hers"})

    citizen = Citizen(pins=(PIN,), meanwhile=meanwhile)
    assert device.identify(citizen, cancel) == Identified(ERIKA)
    assert [one for one in citizen.asked if isinstance(one, CardWanted)][-2:] == [
        CardWanted.ANOTHER_KIND,
        CardWanted.NONE_THERE,
    ]


@pytest.mark.parametrize(
    "talk",
    [
        Citizen(willing=False),
        Citizen(pins=(None,)),
        Citizen(pins=("111111", "222222"), cans=(None,)),
    ],
    ids=["does not want that", "does not know the PIN", "does not find the digits"],
)
def test_whoever_gives_up_leaves_the_client_free_for_the_next(
    end: AusweisAppEnd, device: OnlineAusweis, cancel: threading.Event, talk: Citizen
) -> None:
    end.insert()
    assert device.identify(talk, cancel) == GivenUp()
    end.card.tries = 3
    assert device.identify(Citizen(pins=(PIN,)), cancel) == Identified(ERIKA)


@pytest.mark.parametrize("at", [PinWanted, CanWanted, NewPinWanted])
def test_a_card_pulled_while_a_number_is_typed_ends_it(
    end: AusweisAppEnd, device: OnlineAusweis, cancel: threading.Event, at: type[object]
) -> None:
    end.card.tries = 1 if at is CanWanted else 3
    end.insert()
    citizen = Citizen(
        pins=() if at is PinWanted else (PIN,),
        meanwhile=lambda asked: end.pull() if isinstance(asked, at) else None,
    )
    assert device.change_pin(citizen, cancel) == CardLeft()
    assert end.card.pin == PIN


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault.ASKS_TOO_MUCH, ServiceRefused(Refusal.ASKS_TOO_MUCH)),
        (Fault.NO_SERVICE, ServiceRefused(Refusal.NO_SERVICE, "dp#trustedChannelEstablishmentFailed")),
        (Fault.RESULT_LOST, ServiceRefused(Refusal.ANSWER, "status_404")),
    ],
)
def test_a_service_that_does_not_do_its_part_is_told_apart(
    end: AusweisAppEnd, device: OnlineAusweis, cancel: threading.Event, fault: Fault, outcome: ServiceRefused
) -> None:
    end.fail(fault)
    end.insert()
    assert device.identify(Citizen(pins=(PIN,)), cancel) == outcome


@pytest.mark.parametrize("fault", [Fault.NONE, Fault.HANGS])
def test_a_visit_that_ends_lets_go_within_half_a_second(
    end: AusweisAppEnd, device: OnlineAusweis, cancel: threading.Event, fault: Fault
) -> None:
    end.insert()
    reached = threading.Event()

    def at(asked: object) -> None:
        if isinstance(asked, PinWanted):
            end.fail(fault)
            reached.set()

    raised: list[BaseException] = []

    def visit() -> None:
        try:
            device.identify(Citizen(meanwhile=at), cancel)
        except Cancelled as error:
            raised.append(error)

    thread = threading.Thread(target=visit)
    thread.start()
    assert reached.wait(20)
    cancel.set()
    thread.join(0.5)
    assert not thread.is_alive()
    assert len(raised) == 1
    if fault is Fault.HANGS:  # nobody knows what it is doing: it is let go and found anew
        with pytest.raises(TransportError):
            device.condition()


def test_a_client_that_hangs_is_noticed_at_the_next_look(end: AusweisAppEnd, device: OnlineAusweis) -> None:
    end.fail(Fault.HANGS)
    with pytest.raises(Timeout):
        device.condition()


def test_a_client_that_works_for_ever_is_given_up(end: AusweisAppEnd, cancel: threading.Event) -> None:
    from devices.drivers.ausweisapp import _settings  # noqa: PLC0415
    from devices.drivers.ausweisapp.verbs import AusweisApp  # noqa: PLC0415

    hours = 0.0

    def hurried() -> float:
        return time.monotonic() + hours

    def while_at_work(asked: object) -> None:
        nonlocal hours
        if asked == "work" and end.state()["fault"] is Fault.HANGS:
            hours += 60
        if isinstance(asked, Wish):
            end.fail(Fault.HANGS)

    with closing(AusweisApp(*_settings(options(end)), hurried)) as device:
        end.insert()
        with pytest.raises(Timeout):
            device.identify(Citizen(meanwhile=while_at_work), cancel)
        with pytest.raises(Disconnected):
            device.identify(Citizen(), cancel)


def test_a_client_that_is_started_anew_in_the_middle_ends_the_visit(
    end: AusweisAppEnd, device: OnlineAusweis, cancel: threading.Event
) -> None:
    end.insert()

    def restart(asked: object) -> None:
        if isinstance(asked, PinWanted):
            end.unplug()
            end.plug()

    with pytest.raises(Disconnected):
        device.identify(Citizen(meanwhile=restart), cancel)
    with closing(AUSWEISAPP.open(options(end))) as again:
        assert again.identify(Citizen(pins=(PIN,)), cancel) == Identified(ERIKA)


def test_while_somebody_else_speaks_to_the_client_it_is_not_there(end: AusweisAppEnd, device: OnlineAusweis) -> None:
    with pytest.raises(Disconnected):
        AUSWEISAPP.open(options(end))
    assert device.condition() == Ready()


def test_what_a_talk_raises_goes_on_and_the_card_is_let_go(
    end: AusweisAppEnd, device: OnlineAusweis, cancel: threading.Event
) -> None:
    class WentAway(BaseException):
        pass

    def went(asked: object) -> None:
        if isinstance(asked, PinWanted):
            raise WentAway

    end.insert()
    with pytest.raises(WentAway):
        device.identify(Citizen(meanwhile=went), cancel)
    assert device.identify(Citizen(pins=(PIN,)), cancel) == Identified(ERIKA)


def test_numbers_and_names_never_show_themselves(end: AusweisAppEnd) -> None:
    said = [
        sdk.set_pin(PIN),
        sdk.set_can(CAN),
        sdk.set_new_pin("900900"),
        Identified(ERIKA),
        sdk.AuthEnded(well=True, code="", url="https://eid.invalid/secret"),
        Ended(Identification("https://x", developer=False) and Identified(ERIKA)),  # type: ignore[arg-type]
    ]
    shown = repr(said)
    assert not any(each in shown for each in (PIN, CAN, "900900", "Mustermann", "1964", "secret"))


@pytest.mark.parametrize(("new_said", "outcome"), [(False, CardLeft()), (True, CardLeft(pin_unsure=True))])
def test_a_failure_without_a_reason_is_the_cards_leaving_if_the_reader_says_so_in_time(
    new_said: bool,  # noqa: FBT001 - a parameter of the test
    outcome: CardLeft,
) -> None:
    there = sdk.ReaderState("A", True, False, False, sdk.CardState(False, False, 3))  # noqa: FBT003
    gone = sdk.ReaderState("A", True, False, False, None)  # noqa: FBT003
    for last, expected in ((gone, outcome), (None, ServiceRefused(Refusal.CARD_REFUSED, "x"))):
        conversation = PinChange()
        conversation.hear(sdk.EnterPin(there))
        conversation.answer(PIN)
        if new_said:
            conversation.hear(sdk.EnterNewPin(there))
            conversation.answer("900900")
        conversation.hear(sdk.PinChangeEnded(well=False, code="x"))
        if last is not None:
            conversation.hear(sdk.Reader(last))
        conversation.settle()
        assert conversation.turn == Ended(expected)


def test_a_success_that_is_owed_to_nobody_is_none() -> None:
    conversation = PinChange()
    conversation.hear(sdk.PinChangeStarted())
    conversation.hear(sdk.PinChangeEnded(well=True, code=""))
    conversation.settle()
    assert conversation.turn == Ended(CardLeft())


# The rig


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"tc_token": "http://eid.town/tc"},
        {"tc_token": "http://eid.town/tc", "developer": True},
        {"tc_token": "http://127.0.0.1/tc"},
        {"tc_token": "eid.town"},
        {"tc_token": "https://me@eid.town/tc"},
        {"tc_token": "https://eid.town/tc", "developer": "yes"},
        {"tc_token": "https://eid.town/tc", "address": "ws://192.0.2.1:24727/eID-Kernel"},
        {"tc_token": "https://eid.town/tc", "address": "http://127.0.0.1:24727/"},
        {"tc_token": "https://eid.town/tc", "address": "ws://127.0.0.1:99999/"},
        {"tc_token": "https://eid.town/tc", "address": 24727},
    ],
)
def test_an_address_over_which_no_identity_should_travel_is_refused(wrong: Options) -> None:
    with pytest.raises(RigError):
        AUSWEISAPP.check(wrong)


def test_a_result_is_collected_from_the_service_and_from_nobody_else() -> None:
    town = parse_service("https://eid.town/tc", developer=False)
    assert town.admits("https://eid.town:8443/result?ref=1")
    for elsewhere in ("https://other.town/result", "http://eid.town/result", "file:///etc/passwd", "https://[", ""):
        assert not town.admits(elsewhere)


@pytest.mark.parametrize(
    "changed",
    [
        {"birth_date": "1984-00-00"},
        {"birth_date": None},
        {"family_name": ""},
        {"family_name": "A\nB"},
        {"given_names": 7},
        {"given_names": "x" * 300},
        {"address": "Hauptstraße 1"},
    ],
)
def test_an_answer_that_is_not_what_was_agreed_on_is_nobody(changed: dict[str, object]) -> None:
    right = {"family_name": "Mustermann", "given_names": "Erika", "birth_date": "1964-08-12"}
    assert holder_in(json.dumps(right).encode()) == ERIKA
    assert holder_in(json.dumps(right | changed).encode()) is None


# Messages that no client would send


reader = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["A", "B", "Simulator"]),
        "attached": st.booleans(),
        "keypad": st.booleans(),
        "insertable": st.booleans(),
        "card": st.one_of(
            st.none(),
            st.just({}),
            st.fixed_dictionaries(
                {"deactivated": st.booleans(), "inoperative": st.booleans(), "retryCounter": st.integers(-2, 9)}
            ),
        ),
    }
)
names = st.lists(st.sampled_from(["FamilyName", "GivenNames", "DateOfBirth", "Address", "CanAllowed", "New"]))
messages = st.one_of(
    st.builds(
        lambda name, reader: {"msg": name, "reader": reader},
        st.sampled_from(["ENTER_PIN", "ENTER_CAN", "ENTER_NEW_PIN", "ENTER_PUK"]),
        reader,
    ),
    st.builds(lambda reader: {"msg": "READER", **reader}, reader),
    st.builds(
        lambda major, more: {"msg": "AUTH", "result": {"major": major, **more}, "url": "https://x/"},
        st.sampled_from(["http://www.bsi.bund.de/ecard/api/1.1/resultmajor#ok", "#error"]),
        st.sampled_from([{}, {"reason": "Card_Removed"}, {"minor": "resultminor/sal#cancellationByUser"}]),
    ),
    st.builds(
        lambda effective, optional, required: {
            "msg": "ACCESS_RIGHTS",
            "chat": {"effective": effective, "optional": optional, "required": required},
        },
        names,
        names,
        names,
    ),
    st.sampled_from(
        [
            {"msg": "AUTH"},
            {"msg": "AUTH", "error": "no"},
            {"msg": "CHANGE_PIN"},
            {"msg": "CHANGE_PIN", "success": True},
            {"msg": "CHANGE_PIN", "success": False, "reason": "Card_Removed"},
            {"msg": "INSERT_CARD"},
            {"msg": "PAUSE", "cause": "BadCardPosition"},
            {"msg": "BAD_STATE", "error": "RUN_AUTH"},
            {"msg": "INTERNAL_ERROR"},
            {"msg": "STATUS", "progress": 5},
            {
                "msg": "CERTIFICATE",
                "description": {"subjectName": "a", "subjectUrl": "b", "issuerName": "c", "purpose": "d"},
                "validity": {"expirationDate": "2030-01-01"},
            },
        ]
    ),
)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.text())
def test_text_that_is_no_message_is_refused(text: str) -> None:
    with pytest.raises(ProtocolError):
        sdk.read(text if not text.strip() else "{" + text)


@given(
    st.sampled_from(["API_LEVEL", "READER_LIST", "READER", "AUTH", "ACCESS_RIGHTS", "CERTIFICATE", "ENTER_PIN", "NEW"]),
    st.dictionaries(
        st.sampled_from(["reader", "readers", "chat", "result", "description", "validity", "name", "card", "url"]),
        json_values,
    ),
)
def test_a_message_with_wrong_content_is_refused_or_read_but_nothing_else(name: str, rest: dict[str, object]) -> None:
    try:
        sdk.read(json.dumps({**rest, "msg": name}))
    except ProtocolError:
        return


def test_a_message_too_long_or_too_deep_is_refused() -> None:
    for text in (" " * (sdk.LONGEST + 1), "[" * 60_000, '{"msg": "API_LEVEL", "current": ' + "9" * 60_000 + "}"):
        with pytest.raises(ProtocolError):
            sdk.read(text)


@pytest.mark.parametrize("begin", [lambda: Identification("https://x/", developer=False), PinChange])
@given(st.lists(st.one_of(messages, st.sampled_from([PIN, True, None, "1", False])), max_size=30))
def test_whatever_a_client_says_it_ends_in_order_and_a_pin_goes_out_only_when_asked(
    begin: Callable[[], Conversation], happens: list[object]
) -> None:
    conversation = begin()
    sent = list(conversation.take_commands())
    for each in happens:
        before = conversation.turn
        if isinstance(each, dict):
            try:
                conversation.hear(sdk.read(json.dumps(each)))
            except ProtocolError:
                continue
        else:
            conversation.answer(each)
        for command in conversation.take_commands():
            asked = isinstance(before, PinWanted | CanWanted | NewPinWanted)
            assert command.value is None or (asked and each == PIN)
            sent.append(command)
        if isinstance(before, Ended | Astray):
            assert conversation.turn is before
        if isinstance(before, Leaving):
            assert isinstance(conversation.turn, Leaving | Ended)
    names = [command.name for command in sent]
    assert names.count("CANCEL") <= 1
    if conversation.turn == Ended(PinChanged()):
        assert "SET_PIN" in names
        assert "SET_NEW_PIN" in names


# A line that is not the client's


def served(octets: bytes) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(octets)
                connection.recv(1)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"ws://127.0.0.1:{listening.getsockname()[1]}/eID-Kernel"
        thread.join(20)


@pytest.mark.parametrize(
    "octets", [b"", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 302 Found\r\nLocation: ws://x/\r\n\r\n"]
)
def test_a_port_on_which_something_else_listens_is_no_client(octets: bytes) -> None:
    for address in served(octets):
        with pytest.raises(TransportError):
            AUSWEISAPP.open({"address": address, "tc_token": "https://eid.town/tc"})


def connected(*frames: bytes, pause: float = 0.0) -> Iterator[SdkWire]:
    """A client's end that says these frames, whatever they are, and then nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        over = threading.Event()

        def serve() -> None:
            connection, _ = listening.accept()
            with connection, connection.makefile("rb") as stream:
                asked = lines.request(stream)
                assert asked is not None
                connection.sendall(lines.welcome(asked.headers["sec-websocket-key"]))
                with contextlib.suppress(OSError):
                    for frame in frames:
                        connection.sendall(frame)
                        time.sleep(pause)
                over.wait(20)

        thread = threading.Thread(target=serve)
        thread.start()
        address = parse_client(f"ws://127.0.0.1:{listening.getsockname()[1]}/eID-Kernel")
        with closing(SdkWire(address)) as wire:
            yield wire
        over.set()
        thread.join(20)


@pytest.mark.parametrize(
    ("frame", "error"),
    [
        (b"\x82\x02hi", ProtocolError),
        (b"\x81\x02\xff\xfe", ProtocolError),
        (b"\x81\x7f" + (1 << 40).to_bytes(8, "big") + b"x" * 200_000, ProtocolError),
        (b"\x81\x7e\x10\x00half", Timeout),
        (b"\x88\x02\x03\xe8", Disconnected),
        (b"\xf1\x00", ProtocolError),
    ],
    ids=["binary", "no text", "without end", "half", "farewell", "no frame"],
)
def test_what_is_no_message_ends_the_line_with_a_clear_error(frame: bytes, error: type[Exception]) -> None:
    for wire in connected(frame):
        with pytest.raises(error):
            wire.hear(20)


def test_a_message_that_comes_in_drops_is_not_waited_for_without_end() -> None:
    for wire in connected(*(bytes((octet,)) for octet in b"\x81\x7e\x10\x00" + b" " * 60), pause=0.02):
        with pytest.raises(Timeout):
            wire.hear(20)


def test_a_message_in_pieces_with_a_ping_between_is_heard_whole() -> None:
    for wire in connected(b"\x89\x00", b"\x01\x02{}", b"\x80\x01 ", b"\x81\x02[]"):
        heard = [wire.hear(20) for _ in range(3)]
        assert heard == [None, "{} ", "[]"]
        assert wire.hear(0.0) is None


def test_an_answer_of_the_service_without_end_is_cut_off() -> None:
    assert holder_in(b" " * LONGEST) is None
