from __future__ import annotations

import copy
from dataclasses import FrozenInstanceError, dataclass, field, replace
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central_office.contract.values import value


@value
class Letter:
    """A value with every kind of field."""

    kinds: ClassVar[int] = 7
    sender: str
    pages: int = 1
    stamps: list[str] = field(default_factory=list, compare=False)
    secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class OrdinaryLetter:
    """The same, made by the standard library."""

    kinds: ClassVar[int] = 7
    sender: str
    pages: int = 1
    stamps: list[str] = field(default_factory=list, compare=False)
    secret: str = field(default="", repr=False)


fillings = st.fixed_dictionaries(
    {"sender": st.text()},
    optional={"pages": st.integers(), "stamps": st.lists(st.text()), "secret": st.text()},
)


@given(fillings, fillings)
def test_a_value_behaves_as_a_frozen_dataclass_does(one: dict[str, object], other: dict[str, object]) -> None:
    ours, theirs = Letter(**one), OrdinaryLetter(**one)  # type: ignore[arg-type]
    assert repr(ours) == repr(theirs).replace("OrdinaryLetter", "Letter")
    assert vars(ours) == vars(theirs)
    assert (ours == Letter(**other)) is (theirs == OrdinaryLetter(**other))  # type: ignore[arg-type]
    assert (hash(ours) == hash(Letter(**other))) is (hash(theirs) == hash(OrdinaryLetter(**other)))  # type: ignore[arg-type]
    assert replace(ours, pages=9) == Letter(**{**one, "pages": 9})  # type: ignore[arg-type]
    assert copy.deepcopy(ours) == ours


def test_a_value_can_be_given_by_place_by_name_and_taken_apart() -> None:
    match Letter("town", 2):
        case Letter(sender, pages):
            assert (sender, pages) == ("town", 2)


def test_a_value_stays_as_it_is() -> None:
    letter = Letter("town")
    with pytest.raises(FrozenInstanceError):
        letter.pages = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del letter.pages


def test_every_letter_has_stamps_of_its_own() -> None:
    assert Letter("a").stamps is not Letter("a").stamps


def test_a_value_is_not_equal_to_something_else_that_looks_alike() -> None:
    lookalike: object = OrdinaryLetter("town")
    assert Letter("town") != lookalike


@pytest.mark.parametrize(
    ("places", "names"), [((), {}), (("a", 1, [], "", "more"), {}), (("a",), {"sender": "b"}), (("a",), {"size": 4})]
)
def test_a_value_refuses_too_little_too_much_and_the_unknown(
    places: tuple[object, ...], names: dict[str, object]
) -> None:
    with pytest.raises(TypeError, match="Letter"):
        Letter(*places, **names)  # type: ignore[arg-type]


def test_a_value_may_check_itself() -> None:
    @value
    class Even:
        number: int

        def __post_init__(self) -> None:
            if self.number % 2:
                raise ValueError("odd")

    with pytest.raises(ValueError, match="odd"):
        Even(1)
