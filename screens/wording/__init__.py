"""What the kiosk says, in every language it speaks: gettext catalogues, and dates and times in words.

Message identifiers are the English sentences. `later` marks one that stands in a table and is said by a `Words` later.
`python -m screens.wording extract` brings the catalogues in step with the program, `check` tells what is missing, `add`
begins a language. Without compiled catalogues, or with older ones, the text is compiled into memory.

Dates come from the catalogues too, not from Babel: loading its tables would take a quarter of the time to the first
frame, and a page needs twelve months and seven weekdays only.
"""

from __future__ import annotations

import gettext
import io
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date, time

CATALOGUES: Final = Path(__file__).parent / "locale"
DOMAIN: Final = "kiosk"

_RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})


class NoSuchLanguage(LookupError):
    """There is no catalogue for this language."""

    def __init__(self, language: str) -> None:
        super().__init__(f'there is no wording for the language "{language}"; there is for: {", ".join(languages())}')


def later(message: str) -> str:
    """Mark a message that stands in a table; `Words` says it later."""
    return message


_WEEKDAYS: Final = (
    later("Monday"),
    later("Tuesday"),
    later("Wednesday"),
    later("Thursday"),
    later("Friday"),
    later("Saturday"),
    later("Sunday"),
)

_MONTHS: Final = (
    later("January"),
    later("February"),
    later("March"),
    later("April"),
    later("May"),
    later("June"),
    later("July"),
    later("August"),
    later("September"),
    later("October"),
    later("November"),
    later("December"),
)

_DAY: Final = later("{day} {month}")
_DAY_OF_YEAR: Final = later("{day} {month} {year}")
_WEEKDAY: Final = later("{weekday}, {day} {month}")
_TIME: Final = later("{clock}")


class Words:
    """The wording of one language; switching is making another one.

    Raises:
        NoSuchLanguage: there is no catalogue for `language`.
    """

    def __init__(self, language: str) -> None:
        self._catalogue = _catalogue(language)
        self.language = language
        self.rtl = language in _RIGHT_TO_LEFT

    def __call__(self, message: str, /, **values: object) -> str:
        """Say `message`, with `values` in its named gaps."""
        return self._catalogue.gettext(message).format(**values)

    def apart(self, context: str, message: str, /, **values: object) -> str:
        """Say `message` where the same English means different things; `context` tells translators which."""
        return self._catalogue.pgettext(context, message).format(**values)

    def several(self, one: str, many: str, number: int, /, **values: object) -> str:
        """Say the form that fits `number`, which fills the gap `number`."""
        return self._catalogue.ngettext(one, many, number).format(number=number, **values)

    def day(self, day: date) -> str:
        """A day of about this year: "18 May"."""
        return self(_DAY, day=day.day, month=self(_MONTHS[day.month - 1]))

    def day_of_year(self, day: date) -> str:
        """A day that is read on another day: "18 May 2026"."""
        return self(_DAY_OF_YEAR, day=day.day, month=self(_MONTHS[day.month - 1]), year=day.year)

    def weekday(self, day: date) -> str:
        """A day with its name: "Monday, 18 May"."""
        return self(
            _WEEKDAY,
            weekday=self(_WEEKDAYS[day.weekday()]),
            day=day.day,
            month=self(_MONTHS[day.month - 1]),
        )

    def clock(self, at: time) -> str:
        """The digits of a clock: "9:05"."""
        return f"{at.hour}:{at.minute:02}"

    def time(self, at: time) -> str:
        """A time within a sentence: "16:00", German "16:00 Uhr"."""
        return self(_TIME, clock=self.clock(at))


def languages() -> tuple[str, ...]:
    """The languages there are catalogues for, by their tags."""
    return tuple(sorted(path.parent.parent.name for path in CATALOGUES.glob(f"*/LC_MESSAGES/{DOMAIN}.po")))


def source(language: str) -> Path:
    """Where the text catalogue of `language` lies."""
    return CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


@cache
def _catalogue(language: str) -> gettext.GNUTranslations:
    text = source(language)
    binary = text.with_suffix(".mo")
    if not language.isidentifier() or not text.is_file():
        raise NoSuchLanguage(language)
    if binary.is_file() and binary.stat().st_mtime >= text.stat().st_mtime:
        with binary.open("rb") as file:
            return gettext.GNUTranslations(file)
    return gettext.GNUTranslations(io.BytesIO(compiled(language)))


def compiled(language: str) -> bytes:
    """The binary catalogue, made from the text."""
    # Only where set-up has not compiled the catalogues: a checkout, a test.
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with source(language).open("rb") as file:
        catalogue = read_po(file, locale=language, domain=DOMAIN)
    binary = io.BytesIO()
    write_mo(binary, catalogue)
    return binary.getvalue()
