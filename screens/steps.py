"""The questions a visit asks: each a frozen value whose type says what answers it.

A service asks them, `present` puts them into words, `views` draws them. A step holds facts, never sentences.
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Final, Generic, TypeVar

from central_office.contract.values import value

if TYPE_CHECKING:
    from datetime import datetime

    from central_office.contract.documents import DocumentStatus

A = TypeVar("A")


@value
class Back:
    """The citizen went back one page; what was typed is kept."""


BACK: Final = Back()


@value
class Changed:
    """What the page shows is no longer true: not the citizen's answer, but the house's; it is asked anew."""


class Step(Generic[A]):
    """A question; `A` is the type of its answer.

    `in_session`: whether there is a session to end on this page. `idle`: whether silence may end it; False while goods,
    money or doors move. `lasts`: seconds after which the page answers itself with None. `keeps_typed`: whether what was
    typed is there again when she comes back to the page.
    """

    in_session: ClassVar[bool] = True
    idle: ClassVar[bool] = True
    lasts: ClassVar[float | None] = None
    keeps_typed: ClassVar[bool] = True


class ServiceKey(StrEnum):
    """What citizens come for, in the order of the home page."""

    DOCUMENT_STATUS = "document_status"
    COLLECT = "collect"
    BULKY_WASTE = "bulky_waste"
    BAGS = "bags"
    PARKING = "parking"
    HOUSING_BENEFIT = "housing_benefit"
    PENSION = "pension"
    RESPONSIBLE = "responsible"
    OWN_PIN = "own_pin"


class Reason(StrEnum):
    """Why a service, or a way in it, cannot be used now."""

    NO_DATA_YET = "no_data_yet"
    NO_READER = "no_reader"
    STALE_DATA = "stale_data"
    NO_PRINTER = "no_printer"
    NO_LOCKERS = "no_lockers"
    NO_CARD = "no_card"
    NO_BAGS = "no_bags"
    NO_CARD_READER = "no_card_reader"


@value
class Offer:
    """A service on the home page; `reason` set: it cannot be used now and says why when touched."""

    service: ServiceKey
    reason: Reason | None = None


@value
class Begin:
    """A citizen touched a language to begin."""

    language: str


@value
class StaffCalled:
    """An employee held the town's shield: no citizen does that by accident."""


@value
class Attract(Step[Begin | StaffCalled | Changed]):
    """Invite whoever stands there to begin, in every language on offer; whoever holds the shield works here."""

    in_session: ClassVar[bool] = False
    idle: ClassVar[bool] = False
    services: tuple[ServiceKey, ...]


@value
class Home(Step[ServiceKey | Changed]):
    """Ask what the citizen came for; `notice` tells what is limited today, if a touchable service is affected."""

    offers: tuple[Offer, ...]
    notice: Reason | None = None


@value
class ExplainUnavailable(Step[Back]):
    """Say why a service cannot be used now, and where it can be had instead."""

    service: ServiceKey
    reason: Reason


class Way(StrEnum):
    """How a citizen can show which document is meant."""

    CARD = "card"
    LETTER = "letter"
    NUMBER = "number"


@value
class ChooseWay(Step[Way | Back]):
    """Ask how to find the document; ways in `closed` are shown as not available with their reason."""

    ways: tuple[Way, ...]
    closed: tuple[tuple[Way, Reason], ...] = ()


class CodeProblem(StrEnum):
    """Why a code that was read cannot be used."""

    NOT_OURS = "not_ours"
    DAMAGED = "damaged"
    OTHER_TOWN = "other_town"
    READER_GONE = "reader_gone"


@value
class TypeInstead:
    """The citizen would rather type the number."""


@value
class ReadersChanged:
    """A camera or scanner went away (`gone`) or came back while the page was open."""

    gone: bool


@value
class ScanLetter(Step[bytes | ReadersChanged | TypeInstead | Back]):
    """Ask to hold the letter's code before the camera or under the scanner; the code itself is the answer.

    `by_camera`: a live picture is shown; the stage's latest picture is drawn, with the aiming help of `Sighting`.
    """

    by_camera: bool
    by_scanner: bool
    problem: CodeProblem | None = None


class NumberProblem(StrEnum):
    """Why what was typed cannot be right."""

    CHECK_DIGIT = "check_digit"
    NO_SUCH_DAY = "no_such_day"
    IN_THE_FUTURE = "in_the_future"


@value
class EnterDocumentNumber(Step[str | Back]):
    """Ask for the ten characters of the document number; the answer is the typed text, not yet checked."""

    problem: NumberProblem | None = None


@value
class EnterBirthDate(Step[str | Way | Back]):
    """Ask for the holder's birth date; the answer is eight digits, day, month, year, not yet checked.

    `by_card`: her identity card may say it instead; then the answer is `Way.CARD`.
    """

    problem: NumberProblem | None = None
    service: ServiceKey = ServiceKey.DOCUMENT_STATUS
    by_card: bool = False


@value
class Searching(Step[None]):
    """Tell that the document is being looked up."""

    service: ServiceKey = ServiceKey.DOCUMENT_STATUS


class StatusChoice(StrEnum):
    """What the citizen does with the answer."""

    PRINT = "print"
    FINISH = "finish"


class SlipState(StrEnum):
    """How the receipt stands."""

    OFFERED = "offered"
    PRINTING = "printing"
    PRINTED = "printed"
    NOT_PRINTED = "not_printed"
    UNKNOWN = "unknown"
    NO_PRINTER = "no_printer"


@value
class ShowStatus(Step[StatusChoice | Changed | Back]):
    """Say where the document is, since when, what to bring, where and until when; offer to take the answer away.

    `as_of`: when the office last confirmed its data; `stale`: so long ago that the citizen is told so.
    Changed: she signed in with her card and took it, and the visit ends with it.
    """

    document: DocumentStatus = field(repr=False)
    as_of: datetime
    stale: bool
    slip: SlipState


class Retry(StrEnum):
    """What to do after nothing was found."""

    AGAIN = "again"
    OTHER_WAY = "other_way"
    FINISH = "finish"


@value
class ShowNotFound(Step[Retry]):
    """Say that nothing was found for the claim, without blame; `tries_left` for typed numbers."""

    way: Way
    tries_left: int | None = None


@value
class TooManyTries(Step[None]):
    """Say that we stop here to protect the document, until when, and who can help now."""

    until: datetime
    service: ServiceKey = ServiceKey.DOCUMENT_STATUS


@value
class Farewell(Step[None]):
    """Say that the session is over and the entries are deleted; `card`: an identity card lay on the reader."""

    in_session: ClassVar[bool] = False
    idle: ClassVar[bool] = False
    lasts: ClassVar[float | None] = 4.0
    by_itself: bool = False
    card: bool = False


@value
class Apology(Step[None]):
    """Say that something went wrong in the machine; `code` is for staff, small at the bottom."""

    code: str


@value
class OutOfService(Step[Changed]):
    """Say that this terminal does not work now, that nothing is lost, and where else to go."""

    in_session: ClassVar[bool] = False
    idle: ClassVar[bool] = False
    code: str
    since: datetime
    power: bool = False
    """The mains have failed: nobody has to look at the terminal."""


# What the machine itself shows above a visit's page; no service asks these.


@value
class SettingsSheet(Step[None]):
    """Offer text size, colours, reach and reading speed. `session`: whether there is one to end on the page beneath."""

    session: bool = True


@value
class LanguageSheet(Step[None]):
    """Offer the languages. `session`: whether there is one to end on the page beneath."""

    session: bool = True


@value
class HelpSheet(Step[None]):
    """Say in three sentences how this page works and who helps; `about` is the step of the page beneath."""

    about: str
    session: bool = True


@value
class IdleWarning(Step[None]):
    """Hide the page and ask whether the citizen is still there."""

    seconds_left: int
    seconds_in_all: int
