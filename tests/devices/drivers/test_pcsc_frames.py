"""What travels between the kiosk and its card process, and what that process may not make of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.card_reading import CardIn, CardTrouble, CardUnreadable, Looked, Lookup, NoCard
from devices.drivers.pcsc_reader.frames import LONGEST, Framer, decode, encode
from devices.drivers.pcsc_reader.messages import (
    FROM_CHILD,
    FROM_KIOSK,
    Begin,
    Done,
    Failed,
    FromChild,
    NotWatching,
    Reached,
    Trouble,
    Watching,
)
from devices.errors import ProtocolError


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    born: date | None
    colour: Colour
    face: bytes | None


@dataclass(frozen=True)
class Outer:
    inners: tuple[Inner, ...]
    pair: tuple[int, str]
    sure: bool


words: st.SearchStrategy[FromChild] = st.one_of(
    st.builds(Watching, st.one_of(st.builds(NoCard), st.builds(CardIn), st.builds(CardUnreadable))),
    st.builds(NotWatching, st.sampled_from(Trouble)),
    st.builds(Reached, st.text()),
    st.builds(Done, st.binary()),
    st.builds(Failed, st.sampled_from(CardTrouble), st.text()),
)


def body(frame: bytes) -> bytes:
    (only,) = Framer().feed(frame)
    return only


@given(words)
def test_what_is_said_is_heard(word: FromChild) -> None:
    assert decode(body(encode(word)), FROM_CHILD) == word


def test_values_within_values_arrive_whole() -> None:
    value = Outer(
        (Inner(date(1999, 2, 28), Colour.RED, b"\x00\xff"), Inner(None, Colour.RED, None)), (7, "ä"), sure=True
    )
    assert decode(body(encode(value)), (Outer, Inner)) == value


@given(st.lists(words, max_size=5), st.integers(1, 40))
def test_frames_that_come_in_pieces_are_put_together(said: list[FromChild], piece: int) -> None:
    stream = b"".join(encode(each) for each in said)
    framer = Framer()
    heard: list[bytes] = []
    for start in range(0, len(stream), piece):
        heard += framer.feed(stream[start : start + piece])
    assert [decode(each, FROM_CHILD) for each in heard] == said


@given(st.binary(max_size=200))
def test_bytes_at_random_are_frames_or_nonsense(noise: bytes) -> None:
    try:
        for each in Framer().feed(noise):
            decode(each, FROM_CHILD)
    except ProtocolError:
        pass


json_at_random = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["is", "presence", "atr", "insertion", "step", "trouble", "why"]), inner, max_size=5
        )
    ),
    max_leaves=12,
)


@given(json_at_random)
def test_json_at_random_is_a_word_or_nonsense(written: object) -> None:
    try:
        word = decode(json.dumps(written).encode(), FROM_CHILD)
    except ProtocolError:
        return
    assert isinstance(word, FROM_CHILD)


@pytest.mark.parametrize(
    "written",
    [
        {"is": "Begin", "job": "look", "request": ""},  # what the kiosk says, not the child
        {"is": "Reached"},
        {"is": "Reached", "step": 3},
        {"is": "Reached", "step": "reading", "also": 1},
        {"is": "Watching", "presence": {"is": "CardIn", "insertion": True, "atr": ""}},
        {"is": "Watching", "presence": {"is": "CardIn", "insertion": 1, "atr": "not base64!"}},
        {"is": "Failed", "trouble": "bored", "why": ""},
        {"is": "Looked", "atr": "", "applications": []},
        [],
        None,
    ],
)
def test_a_child_that_says_something_else_is_not_believed(written: object) -> None:
    with pytest.raises(ProtocolError):
        decode(json.dumps(written).encode(), FROM_CHILD)


def test_nesting_without_end_is_nonsense() -> None:
    with pytest.raises(ProtocolError):
        decode(b"[" * 100_000, FROM_CHILD)


def test_a_frame_that_says_it_is_huge_is_refused_before_it_has_come() -> None:
    with pytest.raises(ProtocolError):
        Framer().feed((LONGEST + 1).to_bytes(4, "big"))
    with pytest.raises(ValueError, match="too long"):
        encode(Reached("x" * LONGEST))


def test_only_declared_kinds_travel() -> None:
    with pytest.raises(ValueError, match="set does not travel"):
        encode({1, 2})


def test_a_request_travels_inside_of_the_order_and_neither_shows_it() -> None:
    order = Begin("look", encode(Lookup((b"\xa0\x00",)))[4:])
    heard = decode(body(encode(order)), FROM_KIOSK)
    assert isinstance(heard, Begin)
    assert decode(heard.request, (Lookup,)) == Lookup((b"\xa0\x00",))
    assert repr(heard) == "Begin(job='look')"
    assert repr(Done(encode(Looked(b"", ()))[4:])) == "Done()"
