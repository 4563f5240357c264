"""What the services are called, and why one may not be usable now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from central_office.contract.values import value
from screens.icons import Icon
from screens.pages import Family, StepHeader
from screens.steps import Reason, ServiceKey
from screens.wording import later

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screens.presenting.occasion import Occasion


@value
class Service:
    """A service in words to be said later: title and line of its tile, and how the attract page mentions it."""

    title: str
    line: str
    mention: str
    icon: Icon
    family: Family


SERVICES: Final[Mapping[ServiceKey, Service]] = {
    ServiceKey.DOCUMENT_STATUS: Service(
        later("Document status"), later("Is it ready yet?"), later("Check a document"), Icon.TASK, Family.DOCUMENTS
    ),
    ServiceKey.COLLECT: Service(
        later("Collect a document"),
        later("Pick it up here, now"),
        later("Collect a document"),
        Icon.HAND_PACKAGE,
        Family.DOCUMENTS,
    ),
    ServiceKey.BULKY_WASTE: Service(
        later("Bulky waste pickup"),
        later("Book a free collection"),
        later("Book a bulky pickup"),
        Icon.WEEKEND,
        Family.WASTE,
    ),
    ServiceKey.BAGS: Service(
        later("Garbage bags"), later("Buy here, take away"), later("Buy garbage bags"), Icon.SHOPPING_BAG, Family.WASTE
    ),
    ServiceKey.PARKING: Service(
        later("Residents’ parking permit"),  # noqa: RUF001  an apostrophe, as printed
        later("Apply or renew"),
        later("Residents’ parking"),  # noqa: RUF001  same
        Icon.LOCAL_PARKING,
        Family.LIVING,
    ),
    ServiceKey.HOUSING_BENEFIT: Service(
        later("Housing benefit check"), later("Could you get it?"), later("Housing benefit"), Icon.HOME, Family.LIVING
    ),
    ServiceKey.PENSION: Service(
        later("Pension services"), later("Account and advice"), later("Pension advice"), Icon.ELDERLY, Family.ADVICE
    ),
    ServiceKey.RESPONSIBLE: Service(
        later("Who is responsible?"),
        later("Find the right office"),
        later("Find the right office"),
        Icon.PERSON_SEARCH,
        Family.ADVICE,
    ),
    ServiceKey.OWN_PIN: Service(
        later("Your card’s own PIN"),  # noqa: RUF001  an apostrophe, as printed
        later("Set or change it"),
        later("Set your card’s PIN"),  # noqa: RUF001  same
        Icon.PIN,
        Family.DOCUMENTS,
    ),
}

PAIRS: Final[Mapping[tuple[ServiceKey, ServiceKey], tuple[str, Icon]]] = {
    (ServiceKey.PARKING, ServiceKey.HOUSING_BENEFIT): (later("Parking and housing"), Icon.HOME),
    (ServiceKey.PENSION, ServiceKey.RESPONSIBLE): (later("Pension and advice"), Icon.ELDERLY),
}
"""Services that the attract page mentions together when both exist."""

MOST_MENTIONS: Final = 6
"""As many as there is room for on the attract page; the home page has the others as well."""

REASONS: Final[Mapping[Reason, tuple[str, Icon]]] = {
    Reason.NO_DATA_YET: (later("We cannot look this up at the moment."), Icon.SCHEDULE),
    Reason.NO_READER: (later("We cannot read letters at the moment."), Icon.QR_CODE_SCANNER),
    Reason.STALE_DATA: (later("We cannot look up changes at the moment."), Icon.HISTORY),
    Reason.NO_LOCKERS: (later("The compartments cannot be opened at the moment."), Icon.DOOR_FRONT),
    Reason.NO_CARD: (later("Card payment is not available at the moment."), Icon.CREDIT_CARD_OFF),
    Reason.NO_BAGS: (later("You cannot get bags here at the moment."), Icon.SHOPPING_BAG),
    Reason.NO_CARD_READER: (later("We cannot read identity cards at the moment."), Icon.CREDIT_CARD_OFF),
    Reason.NO_PRINTER: (later("We cannot print at the moment."), Icon.PRINT),
}
"""Why something cannot be used now, in the citizen's words."""


def step_header(o: Occasion, key: ServiceKey, at: int = 0, of: int = 0) -> StepHeader:
    """The line that says which service this is, and step `at` of `of`."""
    service = SERVICES[key]
    counting = o.say("Step {at} of {of}", at=at, of=of) if of else ""
    return StepHeader(service.icon, service.family, o.say(service.title), counting, at, of)
