"""KERONG boards by the maker's own example frames, with bytes lost, late and made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.kerong_wall.frames import LOCKS, Codes, locks_in, status, unlock

WHOLE = bytes.fromhex("02 00 00 65 07 00 00 00 00 C0 03 31")
CLOSED = {1, 2, 3, 47, 48}


def test_requests_are_those_of_the_makers_manual() -> None:
    assert status(0) == bytes.fromhex("02 00 00 50 03 55")
    assert unlock(0, 0) == bytes.fromhex("02 00 00 51 03 56")
    assert unlock(0, 0x30) == bytes.fromhex("02 00 30 51 03 86")
    assert status(0x0A) == bytes.fromhex("02 0A 00 50 03 5F")


def test_the_makers_example_says_which_hooks_are_locked() -> None:
    locks = locks_in(WHOLE, 0)
    assert locks is not None
    assert {number for number, locked in enumerate(locks, 1) if locked} == CLOSED


def test_boards_of_another_version_have_other_codes() -> None:
    codes = Codes(status=0x60, unlock=0x61, reply=0x75)
    assert unlock(1, 4, codes) == bytes.fromhex("02 01 04 61 03 6B")
    other = bytes.fromhex("02 00 00 75 07 00 00 00 00 C0 03 41")
    assert locks_in(other, 0, codes) == locks_in(WHOLE, 0)
    assert locks_in(other, 0) is None


@pytest.mark.parametrize("size", range(len(WHOLE)))
def test_half_an_answer_is_none(size: int) -> None:
    assert locks_in(WHOLE[:size], 0) is None


def test_another_boards_answer_is_not_ours() -> None:
    assert locks_in(WHOLE, 1) is None


@given(before=st.binary(max_size=40), after=st.binary(max_size=40))
def test_noise_around_an_answer_does_not_hide_it(before: bytes, after: bytes) -> None:
    # Noise that is itself a whole answer of this board cannot be told from one.
    assert locks_in(before + WHOLE + after, 0) == locks_in(WHOLE, 0) or locks_in(before + WHOLE[:-1], 0) is not None


@given(received=st.binary(max_size=64), board=st.integers(0, 9))
def test_whatever_comes_is_an_answer_or_none(received: bytes, board: int) -> None:
    locks = locks_in(received, board)
    assert locks is None or len(locks) == LOCKS


@given(at=st.integers(0, len(WHOLE) - 1), bit=st.integers(0, 7))
def test_a_spoilt_bit_is_never_a_door(at: int, bit: int) -> None:
    spoilt = bytearray(WHOLE)
    spoilt[at] ^= 1 << bit
    # The byte that says nothing is part of the sum as well.
    assert locks_in(bytes(spoilt), 0) is None
