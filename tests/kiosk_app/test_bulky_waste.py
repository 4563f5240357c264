"""A citizen has her bulky waste collected: at a real desk with a real ledger, with mishaps."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from central_office.contract.addresses import Street
from central_office.contract.bulky import OrderKind, resource
from central_office.contract.bulky_codes import Household, household_key, household_secret, order_number
from central_office.contract.bulky_orders import BulkyOrdered, HouseholdUse
from central_office.contract.capacity import Lease, Outlook
from central_office.contract.documents import DocumentId
from central_office.contract.messages import DeviceId, DocumentRow, SnapshotEnd, SyncAnswer
from central_office.contract.sealing import seal
from devices.roles import RECEIPT_PRINTER, Printed
from kiosk_app.bulky import BulkyWaste, bulky_waste_of
from kiosk_app.outcomes import Outcome
from kiosk_app.services.bulky_waste import bulky_waste
from screens.stage import Abandoned, Ending
from screens.steps import BACK, SlipState, Step
from screens.steps_bulky import (
    Ask,
    AskingOffice,
    Booked,
    BulkyStart,
    ChooseDay,
    ChooseDistrict,
    ChooseItems,
    DayTrouble,
    EnterHouse,
    EnterName,
    EnterPhone,
    EnterStreet,
    NotCollected,
    OneMore,
    Review,
    ReviewOrder,
    ShowBooked,
    ShowNever,
    ShowRules,
    Start,
)
from tests.kiosk_app.rehearsal import CHEAP, PEPPER, ROOT, TOWN, Rehearsal, ScriptedCitizen
from tests.kiosk_app.test_document_status import Printer
from tests.screens.samples_bulky import RULES, STREETS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from central_office.contract.capacity import Resource

Script = list[tuple[type[Step[Any]], object]]

BULKY = BulkyWaste(RULES, STREETS, random=lambda count: bytes(range(count)), cost=CHEAP)
LINDEN = Street("Lindenstraße")
SOUTH = RULES.district[2]
WEDNESDAY, FRIDAY, MONDAY = date(2026, 6, 24), date(2026, 6, 26), date(2026, 6, 29)


def south(day: date, kind: OrderKind = OrderKind.BULKY) -> Resource:
    return resource(kind, SOUTH, day)


class Visit:
    """A rehearsal to which the office lends days."""

    def __init__(self, folder: Path) -> None:
        self.at = Rehearsal(folder)
        self.citizen = ScriptedCitizen([])

    def lends(self, *days: date, units: int = 10, free: int = 0, kind: OrderKind = OrderKind.BULKY) -> None:
        ledger = self.at.ledger
        batch = ledger.outbox.take(limit=100, room=100_000)
        sent = ledger.outbox.line().last
        answer = SyncAnswer(
            attempt=batch.attempt,
            ack=sent,
            as_of=self.at.now,
            changes={},
            leases=tuple(Lease(resource=south(day, kind), granted=units, as_of=sent) for day in days),
            outlook=(Outlook(key=f"{kind}.sued", first=date(2026, 6, 16), free=(free,) * 40),),
        )
        ledger.settle(batch, answer)

    def has_used_its_pickups(self) -> None:
        """The office knows that this household had both free pickups of the year."""
        key = household_key(Household("Muster", "Lindenstraße", "14"), CHEAP)
        use = HouseholdUse(household="00000000-0000-4000-8000-000000000009", used={2026: 2})
        sealed = seal(use.model_dump_json().encode(), DocumentId(use.household), PEPPER, household_secret(key), None)
        self.at._writer.begin_snapshot()
        self.at._writer.add_to_snapshot([DocumentRow(id=sealed.id, slots=sealed.slots, sealed=sealed.sealed)])
        self.at._writer.finish_snapshot(SnapshotEnd(rows=1, epoch="e1", to="e1.1", as_of=self.at.now))

    def says(self, *script: tuple[type[Step[Any]], object]) -> object:
        self.citizen = ScriptedCitizen(list(script))
        outcome = bulky_waste(BULKY, self.at.desk(self.citizen))
        assert self.citizen.finished()
        return outcome

    def asked(self, kind: type[Step[Any]]) -> list[Any]:
        return [step for step in self.citizen.asked if type(step) is kind]

    def orders(self) -> list[BulkyOrdered]:
        batch = self.at.ledger.outbox.take(limit=100, room=1_000_000)
        return [
            BulkyOrdered.model_validate_json(json.dumps(one.body))
            for one in batch.commands
            if one.type == "bulky.ordered"
        ]


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    made = Visit(tmp_path)
    yield made
    made.at.close()


ORDERS: tuple[type[Step[Any]], object] = (BulkyStart, Start.ORDER)
LEAVES: tuple[type[Step[Any]], object] = (BulkyStart, BACK)
ADDRESS: Script = [ORDERS, (EnterStreet, LINDEN), (EnterHouse, "14")]
SOFA: Script = [(ShowRules, OrderKind.BULKY), (ChooseItems, OneMore("sofa", 1)), (ChooseItems, Ask.GO_ON)]
ON_WEDNESDAY: Script = [(ChooseDay, WEDNESDAY), (ChooseDay, Ask.GO_ON)]
NAME: Script = [(EnterName, "MUSTER"), (EnterPhone, "")]
AGREES: Script = [(ReviewOrder, Review.AGREE), (ReviewOrder, Review.BOOK)]
FINISH: Script = [(ShowBooked, Booked.FINISH)]


def test_a_pickup_is_promised_ordered_and_confirmed_with_the_cable_cut(visit: Visit) -> None:
    visit.lends(WEDNESDAY, FRIDAY)
    assert visit.says(*ADDRESS, *SOFA, *ON_WEDNESDAY, *NAME, *AGREES, *FINISH) is Outcome.ANSWERED
    (order,) = visit.orders()
    assert (order.day, order.at.street, order.at.house, order.at.name) == (WEDNESDAY, "Lindenstraße", "14", "Muster")
    assert (order.at.district, order.litres, order.units, order.cents, order.pickup) == ("sued", 1500, 3, 0, 1)
    assert order.consent == RULES.consent.key
    (booked,) = visit.asked(ShowBooked)
    assert order_number(booked.number).characters == order.number
    assert booked.code.isdigit()
    assert visit.at.ledger.leases.available(south(WEDNESDAY)) == 7


def test_reservation_and_order_are_one_promise(visit: Visit) -> None:
    visit.lends(WEDNESDAY)
    visit.says(*ADDRESS, *SOFA, *ON_WEDNESDAY, *NAME, *AGREES, *FINISH)
    commands = visit.at.ledger.outbox.take(limit=100, room=1_000_000).commands
    assert [one.type for one in commands] == ["reservation.made", "bulky.ordered"]
    assert commands[0].body["reservation"] == commands[1].body["reservation"]


def test_the_towns_rules_are_shown_before_anything_is_entered(visit: Visit) -> None:
    visit.lends(WEDNESDAY)
    assert visit.says(*ADDRESS, (ShowRules, BACK), (EnterHouse, BACK), (EnterStreet, BACK), LEAVES) is BACK
    (rules,) = visit.asked(ShowRules)
    assert (rules.district.key, rules.kinds) == ("sued", (OrderKind.BULKY, OrderKind.ELECTRICAL))
    assert visit.orders() == []


def test_a_number_outside_the_streets_ranges_is_refused_and_never_guessed(visit: Visit) -> None:
    visit.says(ORDERS, (EnterStreet, LINDEN), (EnterHouse, "300"), (EnterHouse, BACK), (EnterStreet, BACK), LEAVES)
    again = visit.asked(EnterHouse)[1]
    assert (again.refused, again.known) == ("300", ("1-88",))


def test_a_number_that_lies_in_two_districts_is_asked_about(visit: Visit) -> None:
    visit.says(
        ORDERS,
        (EnterStreet, Street("Hauptstraße")),
        (EnterHouse, "94-95"),
        (ChooseDistrict, "sued"),
        (ShowRules, BACK),
        (EnterHouse, BACK),
        (EnterStreet, BACK),
        LEAVES,
    )
    assert {one.key for one in visit.asked(ChooseDistrict)[0].districts} == {"mitte", "sued"}
    assert visit.asked(ShowRules)[0].district.key == "sued"


def test_an_address_in_no_district_is_said_and_another_asked_for(visit: Visit, tmp_path: Path) -> None:
    elsewhere = tmp_path / "streets.csv"
    elsewhere.write_text("street;district\nWaldweg;Hinterwald\n", encoding="utf-8")
    from central_office.contract.addresses import address_book  # noqa: PLC0415

    bulky = BulkyWaste(RULES, address_book(TOWN, elsewhere), cost=CHEAP)
    citizen = ScriptedCitizen(
        [ORDERS, (EnterStreet, Street("Waldweg")), (EnterHouse, "3"), (NotCollected, None), (EnterStreet, BACK), LEAVES]
    )
    assert bulky_waste(bulky, visit.at.desk(citizen)) is BACK


def test_going_back_keeps_everything_that_was_said(visit: Visit) -> None:
    visit.lends(WEDNESDAY, FRIDAY)
    outcome = visit.says(
        *ADDRESS,
        *SOFA,
        *ON_WEDNESDAY,
        (EnterName, BACK),
        (ChooseDay, BACK),
        (ChooseItems, BACK),
        (ShowRules, OrderKind.BULKY),
        (ChooseItems, Ask.GO_ON),
        (ChooseDay, Ask.GO_ON),
        *NAME,
        (ReviewOrder, Review.AGREE),
        (ReviewOrder, BACK),
        (EnterPhone, "0999912345"),
        (ReviewOrder, Review.BOOK),
        *FINISH,
    )
    assert outcome is Outcome.ANSWERED
    (order,) = visit.orders()
    assert (order.day, [(one.key, one.count) for one in order.items]) == (WEDNESDAY, [("sofa", 1)])
    assert order.at.phone == "0999912345"


def test_each_part_can_be_changed_from_the_review_and_leads_back_to_it(visit: Visit) -> None:
    visit.lends(WEDNESDAY, FRIDAY)
    visit.says(
        *ADDRESS,
        *SOFA,
        *ON_WEDNESDAY,
        *NAME,
        (ReviewOrder, Review.ITEMS),
        (ChooseItems, OneMore("chair", 1)),
        (ChooseItems, Ask.GO_ON),
        (ReviewOrder, Review.DAY),
        (ChooseDay, FRIDAY),
        (ChooseDay, Ask.GO_ON),
        (ReviewOrder, Review.PLACE),
        (EnterStreet, Street("Goetheplatz")),
        (EnterHouse, BACK),
        (EnterStreet, BACK),
        (ReviewOrder, Review.PLACE),
        (EnterStreet, Street("Goetheplatz")),
        (EnterHouse, "3"),
        (EnterName, "BEISPIEL"),
        *AGREES,
        *FINISH,
    )
    reviews = visit.asked(ReviewOrder)
    assert [one.address for one in reviews[:4]] == ["Lindenstraße 14"] * 4
    (order,) = visit.orders()
    assert (order.day, order.at.street, order.at.name, order.units) == (FRIDAY, "Goetheplatz", "Beispiel", 4)


def test_a_day_that_was_taken_while_typing_leads_back_with_the_nearest_free_one(visit: Visit) -> None:
    visit.lends(WEDNESDAY, FRIDAY, units=3)

    class Slow(ScriptedCitizen):
        """While she thinks about the review, somebody else takes her day."""

        def ask(self, step: Any, meanwhile: Any = None, every: float = 0.0) -> Any:  # noqa: ANN401
            if isinstance(step, ReviewOrder) and step.agreed and step.day == WEDNESDAY:
                visit.at.ledger.leases.promise(south(WEDNESDAY), 3)
            return super().ask(step, meanwhile, every)

    citizen = Slow(
        [
            *ADDRESS,
            *SOFA,
            *ON_WEDNESDAY,
            *NAME,
            *AGREES,
            (ChooseDay, Ask.GO_ON),
            (ReviewOrder, Review.BOOK),
            *FINISH,
        ]
    )
    assert bulky_waste(BULKY, visit.at.desk(citizen)) is Outcome.ANSWERED
    days = [step for step in citizen.asked if isinstance(step, ChooseDay)]
    assert (days[-1].trouble, days[-1].chosen) == (DayTrouble.TAKEN, FRIDAY)
    (order,) = visit.orders()
    assert (order.day, order.at.name) == (FRIDAY, "Muster")


def test_a_day_beyond_the_lease_is_asked_of_the_office_and_promised_when_it_lends(visit: Visit) -> None:
    visit.lends(WEDNESDAY, units=1, free=20)

    class Waiting(ScriptedCitizen):
        """The office lends while the page says that it is asked."""

        def ask(self, step: Any, meanwhile: Any = None, every: float = 0.0) -> Any:  # noqa: ANN401
            if isinstance(step, AskingOffice):
                assert visit.at.ledger.outbox.wishes()
                visit.lends(WEDNESDAY, units=3, free=18)
            return super().ask(step, meanwhile, every)

    citizen = Waiting([*ADDRESS, *SOFA, *ON_WEDNESDAY, (AskingOffice, None), *NAME, *AGREES, *FINISH])
    assert bulky_waste(BULKY, visit.at.desk(citizen)) is Outcome.ANSWERED
    assert visit.orders()[0].day == WEDNESDAY


def test_when_the_office_is_silent_only_days_that_are_certain_are_offered(visit: Visit) -> None:
    visit.lends(FRIDAY, units=5, free=20)
    visit.says(
        *ADDRESS,
        *SOFA,
        *ON_WEDNESDAY,
        (AskingOffice, None),
        (ChooseDay, Ask.GO_ON),
        *NAME,
        *AGREES,
        *FINISH,
    )
    after = visit.asked(ChooseDay)[2]
    assert (after.trouble, after.chosen) == (DayTrouble.OFFICE_SILENT, FRIDAY)
    assert all(one.firm for one in after.offers if one.left)
    assert visit.orders()[0].day == FRIDAY


def test_what_the_office_said_long_ago_offers_nothing_that_is_not_certain(visit: Visit) -> None:
    visit.lends(MONDAY, units=5, free=20)
    visit.at.passes(hours=2)
    visit.says(
        *ADDRESS,
        *SOFA,
        (ChooseDay, BACK),
        (ChooseItems, BACK),
        (ShowRules, BACK),
        (EnterHouse, BACK),
        (EnterStreet, BACK),
        LEAVES,
    )
    assert [one.day for one in visit.asked(ChooseDay)[0].offers if one.left] == [MONDAY]


def test_the_van_gets_full_and_the_plus_keys_stop(visit: Visit) -> None:
    more: Script = [(ChooseItems, OneMore("sofa", 1))] * 4
    visit.says(
        *ADDRESS,
        (ShowRules, OrderKind.BULKY),
        *more,
        (ChooseItems, Ask.NEVER),
        (ShowNever, None),
        (ChooseItems, OneMore("sofa", -1)),
        (ChooseItems, BACK),
        (ShowRules, BACK),
        (EnterHouse, BACK),
        (EnterStreet, BACK),
        LEAVES,
    )
    steps = visit.asked(ChooseItems)
    assert [step.counts[0] for step in steps] == [0, 1, 2, 3, 3, 3, 2]
    assert dict(steps[4].full)["sofa"] == "too_big"
    assert "sofa" not in dict(steps[0].full)


def test_electrical_goods_go_to_an_order_of_their_own(visit: Visit) -> None:
    visit.lends(WEDNESDAY, kind=OrderKind.ELECTRICAL)
    visit.says(
        *ADDRESS,
        (ShowRules, OrderKind.ELECTRICAL),
        (ChooseItems, OneMore("fridge", 1)),
        (ChooseItems, Ask.GO_ON),
        *ON_WEDNESDAY,
        *NAME,
        *AGREES,
        *FINISH,
    )
    assert all(one.order is OrderKind.ELECTRICAL for one in visit.asked(ChooseItems)[0].items)
    assert visit.orders()[0].kind is OrderKind.ELECTRICAL


def test_nothing_is_booked_without_consent(visit: Visit) -> None:
    visit.lends(WEDNESDAY)
    with pytest.raises(Abandoned):
        visit.says(
            *ADDRESS,
            *SOFA,
            *ON_WEDNESDAY,
            *NAME,
            (ReviewOrder, Review.BOOK),
            (ReviewOrder, Abandoned(Ending.IDLE)),
        )
    assert visit.orders() == []
    assert visit.at.ledger.leases.available(south(WEDNESDAY)) == 10


def test_a_household_that_used_its_pickups_is_told_the_price(visit: Visit) -> None:
    visit.lends(WEDNESDAY)
    visit.has_used_its_pickups()
    visit.says(*ADDRESS, *SOFA, *ON_WEDNESDAY, *NAME, *AGREES, *FINISH)
    assert visit.asked(ReviewOrder)[0].price.cents == 3500
    order = visit.orders()[0]
    assert (order.cents, order.pickup) == (3500, 0)


def test_the_slip_is_printed_and_names_nobody(visit: Visit) -> None:
    visit.lends(WEDNESDAY)
    printer = Printer(Printed())
    visit.at.cupboard.put(RECEIPT_PRINTER, printer)
    visit.says(*ADDRESS, *SOFA, *ON_WEDNESDAY, *NAME, *AGREES, (ShowBooked, Booked.PRINT), *FINISH)
    printed = " ".join(str(line) for line in printer.receipts[0].lines)
    assert visit.asked(ShowBooked)[0].number in printed
    assert "Muster " not in printed
    assert "Sperrmüll" in printed
    assert visit.asked(ShowBooked)[1].slip is SlipState.PRINTED


def test_two_orders_have_two_numbers_and_the_second_visit_starts_empty(visit: Visit) -> None:
    visit.lends(WEDNESDAY)
    for ending in (Booked.ELSE, Booked.FINISH):
        visit.says(*ADDRESS, *SOFA, *ON_WEDNESDAY, *NAME, *AGREES, (ShowBooked, ending))
        assert visit.asked(ChooseItems)[0].counts[0] == 0
    assert visit.at.visit.goes_on
    one, other = visit.orders()
    assert one.number != other.number


def test_a_kiosk_numbers_its_orders_by_the_name_the_office_gave_it(visit: Visit) -> None:
    visit.at.device = DeviceId("MS-07")
    visit.lends(WEDNESDAY)
    visit.says(*ADDRESS, *SOFA, *ON_WEDNESDAY, *NAME, *AGREES, *FINISH)
    (order,) = visit.orders()
    assert order_number(order.number).kiosk == 7


@pytest.mark.parametrize("until", range(10))
def test_whoever_leaves_early_has_ordered_nothing(until: int, visit: Visit) -> None:
    visit.lends(WEDNESDAY)
    script = [*ADDRESS, *SOFA, *ON_WEDNESDAY, *NAME, *AGREES]
    with pytest.raises(Abandoned):
        visit.says(*script[:until], (script[until][0], Abandoned(Ending.BY_CITIZEN)))
    assert visit.orders() == []


def test_the_kiosk_reads_rules_and_streets_beside_its_towns_file(tmp_path: Path) -> None:
    town = ROOT / "town" / "musterstadt.toml"
    found = bulky_waste_of(tmp_path, town, TOWN)
    assert found is not None
    assert found.rules == RULES
    assert bulky_waste_of(tmp_path, tmp_path / "other.toml", TOWN) is None
