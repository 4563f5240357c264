"""One step of every kind of signing in with an identity card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from screens.steps import ChooseWay, EnterBirthDate, NumberProblem, Reason, ServiceKey, ShowNotFound, Way
from screens.steps_card import (
    AllowReading,
    CardEnd,
    CardEnds,
    CardProblem,
    ChooseMyDocument,
    EnterCan,
    EnterCardBirthDate,
    EnterCardExpiry,
    EnterCardNumber,
    EnterNewPin,
    EnterPin,
    OnPad,
    PlaceCard,
    ReadingCard,
    Stage,
    TakeCardBack,
    TypeOnReader,
    WhichCard,
)
from screens.steps_pin import BeginOwnPin, OwnPinSet, OwnPinUnsure

if TYPE_CHECKING:
    from central_office.contract.documents import DocumentStatus
    from screens.steps import Step

_WAYS = (Way.CARD, Way.LETTER, Way.NUMBER)


def samples(documents: tuple[DocumentStatus, ...]) -> dict[str, Step[Any]]:
    """The samples; `documents` are two that a holder has under way."""
    many = (*documents, *documents, documents[0])
    return {
        "choose_way_card": ChooseWay(_WAYS),
        "choose_way_card_no_reader": ChooseWay(_WAYS, ((Way.CARD, Reason.NO_CARD_READER),)),
        "choose_way_number_alone": ChooseWay(
            _WAYS, ((Way.CARD, Reason.NO_CARD_READER), (Way.LETTER, Reason.NO_READER))
        ),
        "place_card": PlaceCard(),
        "place_card_again": PlaceCard(again=True),
        "place_card_to_collect": PlaceCard(ServiceKey.COLLECT),
        **{f"place_card_{problem.value}": PlaceCard(problem=problem) for problem in CardProblem},
        **{f"reading_card_{stage.value}": ReadingCard(stage) for stage in Stage},
        "which_card": WhichCard(),
        "enter_can": EnterCan(),
        "enter_can_or_print": EnterCan(by_print=True),
        "enter_can_full": EnterCan(by_print=True),
        "enter_can_refused": EnterCan(refused=True),
        "enter_can_two_left": EnterCan(refused=True, tries_left=2),
        "enter_card_number": EnterCardNumber(),
        "enter_card_number_typed": EnterCardNumber(),
        "enter_card_number_refused": EnterCardNumber(refused=True),
        "enter_card_number_refused_typed": EnterCardNumber(refused=True),
        "enter_card_birth_date": EnterCardBirthDate(),
        **{f"enter_card_birth_date_{one.value}": EnterCardBirthDate(one) for one in NumberProblem},
        "enter_card_expiry": EnterCardExpiry(),
        "enter_card_expiry_no_such_day": EnterCardExpiry(NumberProblem.NO_SUCH_DAY),
        **{f"card_ends_{why.value}": CardEnds(why) for why in CardEnd},
        "allow_reading": AllowReading("Stadt Musterstadt", "Auskunft über beantragte Dokumente"),
        "allow_reading_no_purpose": AllowReading("Stadt Musterstadt", ""),
        "enter_pin": EnterPin((6,)),
        "enter_pin_or_letter": EnterPin((5, 6), 3),
        "enter_pin_refused": EnterPin((6,), 2, refused=True),
        "enter_pin_last_try": EnterPin((6,), 1),
        "enter_pin_last_try_typed": EnterPin((6,), 1),
        "enter_pin_refused_last_try": EnterPin((6,), 1, refused=True),
        "enter_pin_full": EnterPin((6,)),
        "enter_can_before_pin": EnterCan(before_pin=True),
        "enter_new_pin": EnterNewPin(),
        "enter_new_pin_again": EnterNewPin(again=True),
        "enter_new_pin_differed": EnterNewPin(differed=True),
        **{f"type_on_reader_{what.value}": TypeOnReader(what) for what in OnPad},
        "type_on_reader_refused": TypeOnReader(OnPad.PIN, 2, refused=True),
        "type_on_reader_last_try": TypeOnReader(OnPad.PIN, 1),
        "take_card_back": TakeCardBack(),
        "take_card_back_last": TakeCardBack(last=True),
        "choose_my_document": ChooseMyDocument(documents),
        "choose_my_document_of_five": ChooseMyDocument(many),
        "begin_own_pin": BeginOwnPin(),
        "own_pin_set": OwnPinSet(),
        "own_pin_unsure": OwnPinUnsure(),
        "place_card_own_pin": PlaceCard(ServiceKey.OWN_PIN, CardProblem.NOT_IDENTITY),
        "reading_card_own_pin": ReadingCard(Stage.READING, ServiceKey.OWN_PIN),
        **{
            f"card_ends_own_pin_{why.value}": CardEnds(why, ServiceKey.OWN_PIN)
            for why in (CardEnd.REFUSED, CardEnd.PIN_BLOCKED, CardEnd.SWITCHED_OFF)
        },
        "not_found_card": ShowNotFound(Way.CARD),
        "enter_birth_date_or_card": EnterBirthDate(service=ServiceKey.COLLECT, by_card=True),
    }


ENTRIES = {
    "enter_can": "483",
    "enter_can_or_print": "48",
    "enter_can_full": "483920",
    "enter_card_number": "C01X",
    "enter_card_number_typed": "C01X0006H",
    "enter_card_number_refused_typed": "C01X0006H",
    "enter_card_birth_date": "0409",
    "enter_pin": "123",
    "enter_pin_full": "123456",
    "enter_pin_last_try_typed": "123",
    "enter_birth_date_or_card": "0409",
}
"""What has been typed on their pages."""
