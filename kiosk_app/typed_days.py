"""Days as they are typed: eight digits, day, month, year."""

from __future__ import annotations

from datetime import date

from screens.steps import NumberProblem

OLDEST_BIRTH_YEAR = 1900


def day_of(digits: str) -> date | NumberProblem:
    """The day that the digits mean, or what is wrong with them."""
    try:
        return date(int(digits[4:8]), int(digits[2:4]), int(digits[0:2]))
    except ValueError:
        return NumberProblem.NO_SUCH_DAY


def birth_date_of(digits: str, today: date) -> date | NumberProblem:
    """The birth date that the digits mean, or what is wrong with them."""
    day = day_of(digits)
    if isinstance(day, NumberProblem):
        return day
    if day > today:
        return NumberProblem.IN_THE_FUTURE
    return day if day.year >= OLDEST_BIRTH_YEAR else NumberProblem.NO_SUCH_DAY
