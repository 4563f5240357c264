"""A citizen comes back to her pickup: looks at it, moves it, calls it off; at a real desk with a real ledger."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central_office.contract.bulky import OrderKind
from central_office.contract.bulky_codes import (
    OrderCode,
    Voucher,
    order_key,
    order_number,
    order_secret,
    sign_voucher,
)
from central_office.contract.bulky_orders import (
    BulkyCancelled,
    BulkyChanged,
    BulkyOrdered,
    LeftReason,
    OrderState,
    OrderStatus,
)
from central_office.contract.documents import DocumentId
from central_office.contract.letter_code import TownKey
from central_office.contract.messages import DocumentRow, SnapshotEnd, SyncAnswer
from central_office.contract.sealing import seal
from devices.roles import CODE_SCANNER
from kiosk_app.orders import as_it_stands
from kiosk_app.outcomes import Outcome
from kiosk_app.services.bulky_waste import bulky_waste
from screens.steps import BACK, ExplainUnavailable, NumberProblem, Retry, TooManyTries
from screens.steps_bulky import (
    Ask,
    AskingOffice,
    Booked,
    BulkyStart,
    ChooseDay,
    DayTrouble,
    Quota,
    QuotaUsed,
    Review,
    ReviewOrder,
    ScanVoucher,
    ShowBooked,
    Start,
    Told,
    VoucherProblem,
)
from screens.steps_bulky_mine import (
    ConfirmCancel,
    ConfirmMove,
    EnterChangeCode,
    EnterOrderNumber,
    OrderNotFound,
    ShowOrder,
    Wish,
)
from tests.kiosk_app.rehearsal import CHEAP, PEPPER, TOWN, ScriptedCitizen
from tests.kiosk_app.test_bulky_waste import (
    ADDRESS,
    AGREES,
    BULKY,
    FINISH,
    FRIDAY,
    MONDAY,
    NAME,
    ON_WEDNESDAY,
    SOFA,
    WEDNESDAY,
    Script,
    Visit,
    south,
)
from tests.kiosk_app.test_document_status import Scanner
from tests.screens.samples_bulky import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from central_office.contract.base import Message

CUT_OFF = datetime(2026, 6, 22, 10, 0, tzinfo=UTC)
"""Noon of the town's clock, two working days before Wednesday, 24 June."""
MINE: Script = [(BulkyStart, Start.MINE)]
LEAVES: Script = [(EnterOrderNumber, BACK), (BulkyStart, BACK)]
KINDS: dict[str, type[Message]] = {
    "bulky.ordered": BulkyOrdered,
    "bulky.changed": BulkyChanged,
    "bulky.cancelled": BulkyCancelled,
}


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    made = Visit(tmp_path)
    yield made
    made.at.close()


def ordered(visit: Visit, *days: date) -> OrderCode:
    """A sofa goes on Wednesday, ordered here with the cable cut; number and code of the slip."""
    visit.lends(*(days or (WEDNESDAY, FRIDAY, MONDAY)))
    visit.says(*ADDRESS, *SOFA, *ON_WEDNESDAY, *NAME, *AGREES, *FINISH)
    (booked,) = visit.asked(ShowBooked)
    return OrderCode(order_number(booked.number), booked.code)


def brings(code: OrderCode) -> Script:
    return [*MINE, (EnterOrderNumber, code.number.characters), (EnterChangeCode, code.code)]


def told(visit: Visit) -> list[tuple[str, Any]]:
    batch = visit.at.ledger.outbox.take(limit=100, room=1_000_000)
    return [
        (one.type, KINDS[one.type].model_validate_json(json.dumps(one.body)) if one.type in KINDS else one.body)
        for one in batch.commands
    ]


def office_tells(visit: Visit, code: OrderCode, **said: Any) -> OrderStatus:  # noqa: ANN401 - fields of the status
    """The office's own word of an order comes down, sealed."""
    status = OrderStatus(
        order="00000000-0000-4000-8000-000000000007",
        number=code.number.characters,
        **{
            "revision": 1,
            "state": OrderState.BOOKED,
            "kind": OrderKind.BULKY,
            "day": WEDNESDAY,
            "street": "Lindenstraße",
            "house": "14",
            "district": "sued",
            "items": ({"key": "sofa", "count": 1},),
            "units": 3,
            **said,
        },
    )
    secret = order_secret(order_key(code, CHEAP))
    sealed = seal(status.model_dump_json().encode(), DocumentId(status.order), PEPPER, secret, None)
    writer = visit.at._writer
    writer.begin_snapshot()
    writer.add_to_snapshot([DocumentRow(id=sealed.id, slots=sealed.slots, sealed=sealed.sealed)])
    writer.finish_snapshot(SnapshotEnd(rows=1, epoch="e1", to="e1.1", as_of=visit.at.now))
    return status


def test_an_order_made_here_minutes_ago_is_found_with_the_cable_cut(visit: Visit) -> None:
    code = ordered(visit)
    assert visit.says(*brings(code), (ShowOrder, Wish.FINISH)) is Outcome.ANSWERED
    (shown,) = visit.asked(ShowOrder)
    assert (shown.order.day, shown.order.street, shown.order.state) == (WEDNESDAY, "Lindenstraße", OrderState.BOOKED)
    assert (shown.until, shown.late) == (CUT_OFF, False)
    assert [(one.key, count) for one, count in shown.items] == [("sofa", 1)]


def test_a_pickup_moves_to_another_day_by_one_promise_and_keeps_number_and_code(visit: Visit) -> None:
    code = ordered(visit)
    before = len(told(visit))
    outcome = visit.says(
        *brings(code),
        (ShowOrder, Wish.MOVE),
        (ChooseDay, FRIDAY),
        (ChooseDay, Ask.GO_ON),
        (ConfirmMove, True),
        (ShowBooked, Booked.FINISH),
    )
    assert outcome is Outcome.ANSWERED
    (reserved, made), (kind, change) = told(visit)[before:]
    assert (reserved, kind) == ("reservation.made", "bulky.changed")
    assert (change.reservation, change.revision, change.day) == (made["reservation"], 1, FRIDAY)
    assert (change.units, change.litres) == (3, 1500)
    (booked,) = visit.asked(ShowBooked)
    assert (booked.number, booked.code, booked.day, booked.told) == (str(code.number), code.code, FRIDAY, Told.MOVED)
    leases = visit.at.ledger.leases
    # The old day is the office's to free: what was promised here stays counted until it did.
    assert (leases.available(south(WEDNESDAY)), leases.available(south(FRIDAY))) == (7, 7)


def test_a_move_is_no_cancellation(visit: Visit) -> None:
    code = ordered(visit)
    moves: Script = [(ShowOrder, Wish.MOVE), (ChooseDay, FRIDAY), (ChooseDay, Ask.GO_ON), (ConfirmMove, True)]
    visit.says(*brings(code), *moves, *FINISH)
    assert not [kind for kind, _ in told(visit) if "cancel" in kind]


def test_a_pickup_can_be_moved_twice_before_the_office_hears_of_it(visit: Visit) -> None:
    code = ordered(visit)
    for day in (FRIDAY, MONDAY):
        moves: Script = [(ShowOrder, Wish.MOVE), (ChooseDay, day), (ChooseDay, Ask.GO_ON), (ConfirmMove, True)]
        visit.says(*brings(code), *moves, *FINISH)
    assert [one.revision for kind, one in told(visit) if kind == "bulky.changed"] == [1, 2]
    visit.says(*brings(code), (ShowOrder, Wish.FINISH))
    assert visit.asked(ShowOrder)[0].order.day == MONDAY


def test_the_day_she_has_is_not_offered_and_whoever_goes_back_changes_nothing(visit: Visit) -> None:
    code = ordered(visit)
    before = len(told(visit))
    visit.says(
        *brings(code),
        (ShowOrder, Wish.MOVE),
        (ChooseDay, FRIDAY),
        (ChooseDay, Ask.GO_ON),
        (ConfirmMove, BACK),
        (ChooseDay, BACK),
        (ShowOrder, Wish.CANCEL),
        (ConfirmCancel, False),
        (ShowOrder, BACK),
        *LEAVES,
    )
    assert WEDNESDAY not in {one.day for one in visit.asked(ChooseDay)[0].offers}
    assert len(told(visit)) == before


def test_a_new_day_that_was_taken_meanwhile_leads_back_and_the_old_one_stays(visit: Visit) -> None:
    code = ordered(visit)

    class Slow(ScriptedCitizen):
        """While she reads, the last places of Friday go."""

        def ask(self, step: Any, meanwhile: Any = None, every: float = 0.0) -> Any:  # noqa: ANN401
            if isinstance(step, ConfirmMove) and step.to == FRIDAY:
                visit.at.ledger.leases.promise(south(FRIDAY), 10)
            return super().ask(step, meanwhile, every)

    citizen = Slow(
        [
            *brings(code),
            (ShowOrder, Wish.MOVE),
            (ChooseDay, FRIDAY),
            (ChooseDay, Ask.GO_ON),
            (ConfirmMove, True),
            (ChooseDay, BACK),
            (ShowOrder, Wish.FINISH),
        ]
    )
    assert bulky_waste(BULKY, visit.at.desk(citizen)) is Outcome.ANSWERED
    days = [step for step in citizen.asked if isinstance(step, ChooseDay)]
    assert days[-1].trouble is DayTrouble.TAKEN
    last = citizen.asked[-1]
    assert isinstance(last, ShowOrder)
    assert last.order.day == WEDNESDAY
    assert not [one for one in told(visit) if one[0] == "bulky.changed"]


def test_a_day_beyond_the_lease_is_asked_of_the_office_and_silence_changes_nothing(visit: Visit) -> None:
    code = ordered(visit, WEDNESDAY)
    visit.lends(WEDNESDAY, free=20)
    visit.says(
        *brings(code),
        (ShowOrder, Wish.MOVE),
        (ChooseDay, FRIDAY),
        (ChooseDay, Ask.GO_ON),
        (AskingOffice, None),
        (ChooseDay, BACK),
        (ShowOrder, Wish.FINISH),
    )
    assert visit.asked(ChooseDay)[-1].trouble is DayTrouble.OFFICE_SILENT
    assert visit.asked(ShowOrder)[-1].order.day == WEDNESDAY


def test_a_pickup_is_called_off_and_a_second_look_says_so(visit: Visit) -> None:
    code = ordered(visit)
    visit.says(*brings(code), (ShowOrder, Wish.CANCEL), (ConfirmCancel, True), (ShowOrder, Wish.FINISH))
    assert visit.asked(ShowOrder)[-1].order.state is OrderState.CANCELLED
    assert [(one.number, one.revision) for kind, one in told(visit) if kind == "bulky.cancelled"] == [
        (code.number.characters, 1)
    ]
    visit.says(*brings(code), (ShowOrder, Wish.CANCEL), (ShowOrder, Wish.MOVE), (ShowOrder, Wish.FINISH))
    assert len([kind for kind, _ in told(visit) if kind == "bulky.cancelled"]) == 1


@pytest.mark.parametrize(
    ("moment", "late"),
    [
        (CUT_OFF - timedelta(minutes=1), False),
        (CUT_OFF, False),
        (CUT_OFF + timedelta(seconds=1), True),
        (CUT_OFF + timedelta(minutes=1), True),
    ],
)
def test_the_towns_cut_off_counts_to_the_very_minute(moment: datetime, late: bool, visit: Visit) -> None:  # noqa: FBT001
    code = ordered(visit)
    visit.at.now = moment
    script: Script = [(ConfirmCancel, True), (ShowOrder, Wish.FINISH)] if not late else [(ShowOrder, Wish.FINISH)]
    visit.says(*brings(code), (ShowOrder, Wish.CANCEL), *script)
    assert visit.asked(ShowOrder)[0].late is late
    assert bool([kind for kind, _ in told(visit) if kind == "bulky.cancelled"]) is not late


def test_whoever_is_in_time_and_thinks_too_long_is_told_that_it_is_too_late(visit: Visit) -> None:
    code = ordered(visit)
    visit.at.now = CUT_OFF

    class Slow(ScriptedCitizen):
        """The minute goes by while the question stands there."""

        def ask(self, step: Any, meanwhile: Any = None, every: float = 0.0) -> Any:  # noqa: ANN401
            if isinstance(step, ConfirmCancel | ConfirmMove):
                visit.at.passes(minutes=1)
            return super().ask(step, meanwhile, every)

    for wish in (
        [(ShowOrder, Wish.CANCEL), (ConfirmCancel, True)],
        [(ShowOrder, Wish.MOVE)],
    ):
        citizen = Slow([*brings(code), *wish, (ShowOrder, Wish.FINISH)])
        assert bulky_waste(BULKY, visit.at.desk(citizen)) is Outcome.ANSWERED
        last = citizen.asked[-1]
        assert isinstance(last, ShowOrder)
        assert (last.late, last.order.state) == (True, OrderState.BOOKED)
    assert not [kind for kind, _ in told(visit) if kind in {"bulky.cancelled", "bulky.changed"}]


def test_a_wrong_number_and_a_wrong_code_get_the_same_answer_and_count(visit: Visit) -> None:
    code = ordered(visit)
    office_tells(visit, OrderCode(order_number("2A4K7M36"), "123456"))
    wrong = OrderCode(code.number, f"{(int(code.code) + 1) % 10**6:06}")
    nobodys = OrderCode(order_number("2A4K7M36"), code.code)
    answers = []
    for claim in (wrong, nobodys):
        assert visit.says(*brings(claim), (OrderNotFound, Retry.FINISH)) is Outcome.NOT_FOUND
        answers += visit.asked(OrderNotFound)
    assert [one.tries_left for one in answers] == [4, 3]


def test_guessing_a_code_locks_the_order_for_a_day_even_for_its_owner(visit: Visit) -> None:
    code = ordered(visit)
    office_tells(visit, code)
    for guess in range(4):
        wrong = OrderCode(code.number, f"{(int(code.code) + 1 + guess) % 10**6:06}")
        visit.says(*brings(wrong), (OrderNotFound, Retry.FINISH))
    wrong = OrderCode(code.number, f"{(int(code.code) + 9) % 10**6:06}")
    assert visit.says(*brings(wrong), (TooManyTries, None)) is Outcome.LOCKED
    visit.at.passes(hours=3)
    assert visit.says(*brings(code), (TooManyTries, None)) is Outcome.LOCKED
    visit.at.passes(hours=22)
    assert visit.says(*brings(code), (ShowOrder, Wish.FINISH)) is Outcome.ANSWERED


def test_a_mistyped_number_is_said_before_anything_is_looked_up_or_counted(visit: Visit) -> None:
    visit.says(*MINE, (EnterOrderNumber, "2A4K7M3Y"), *LEAVES)
    assert visit.asked(EnterOrderNumber)[1].problem is NumberProblem.CHECK_DIGIT


def test_without_the_offices_word_nobody_is_told_that_an_order_does_not_exist(visit: Visit) -> None:
    code = OrderCode(order_number("2A4K7M36"), "123456")
    visit.says(*brings(code), (ExplainUnavailable, None), (BulkyStart, BACK))


def test_what_the_crew_left_and_why_is_read_with_the_code(visit: Visit) -> None:
    code = OrderCode(order_number("2A4K7M36"), "123456")
    left = {"state": OrderState.PARTLY_LEFT, "left": (LeftReason.TOO_HEAVY,), "note": "Klavier", "revision": 2}
    office_tells(visit, code, **left)
    visit.says(*brings(code), (ShowOrder, Wish.MOVE), (ShowOrder, Wish.CONFIRMATION), (ShowOrder, Wish.FINISH))
    order = visit.asked(ShowOrder)[0].order
    assert (order.state, order.left, order.note) == (OrderState.PARTLY_LEFT, (LeftReason.TOO_HEAVY,), "Klavier")


def test_a_change_at_the_counter_meanwhile_is_what_counts(visit: Visit) -> None:
    code = ordered(visit)
    moves: Script = [(ShowOrder, Wish.MOVE), (ChooseDay, FRIDAY), (ChooseDay, Ask.GO_ON), (ConfirmMove, True)]
    visit.says(*brings(code), *moves, *FINISH)
    office_tells(visit, code, revision=2, day=MONDAY)
    visit.says(*brings(code), (ShowOrder, Wish.FINISH))
    assert visit.asked(ShowOrder)[0].order.day == MONDAY


def test_the_confirmation_can_be_shown_as_often_as_anybody_likes(visit: Visit) -> None:
    code = ordered(visit)
    before = len(told(visit))
    for _ in range(2):
        visit.says(*brings(code), (ShowOrder, Wish.CONFIRMATION), (ShowBooked, Booked.FINISH))
        (again,) = visit.asked(ShowBooked)
        assert (again.number, again.code, again.told) == (str(code.number), code.code, Told.AGAIN)
    assert len(told(visit)) == before


def test_an_order_told_under_another_code_is_not_opened_by_this_one() -> None:
    made = BulkyOrdered.model_validate_json(
        json.dumps(
            {
                "number": "2A4K7M36", "reservation": "1", "kind": "bulky", "day": "2026-06-24",
                "at": {"street": "A", "house": "1", "district": "sued", "name": "M"},
                "items": [{"key": "sofa", "count": 1}], "litres": 1500, "units": 3,
                "key": "ab" * 32, "household": "cd" * 32, "consent": "put_out_2026",
            }
        )
    )  # fmt: skip
    assert as_it_stands(bytes(32), (made,), None) is None
    assert as_it_stands(bytes.fromhex("ab" * 32), (made,), None) is not None


# Express and vouchers


def test_an_early_day_costs_its_fee_and_is_ordered_as_express(visit: Visit) -> None:
    early = date(2026, 6, 19)
    visit.lends(early, WEDNESDAY)
    chooses: Script = [(ChooseDay, early), (ChooseDay, Ask.GO_ON)]
    visit.says(*ADDRESS, *SOFA, *chooses, *NAME, *AGREES, *FINISH)
    offered = {one.day: one.express for one in visit.asked(ChooseDay)[0].offers}
    assert (offered[early], offered[WEDNESDAY]) == (3000, None)
    assert visit.asked(ReviewOrder)[0].price.express_cents == 3000
    (order,) = visit.orders()
    assert (order.day, order.express, order.cents, order.pickup) == (early, True, 3000, 1)


def test_a_pickup_moves_to_an_early_day_for_its_fee_and_away_from_it_without(visit: Visit) -> None:
    early = date(2026, 6, 19)
    code = ordered(visit, early, WEDNESDAY, FRIDAY)
    owed = []
    for day in (early, FRIDAY):
        moves: Script = [(ShowOrder, Wish.MOVE), (ChooseDay, day), (ChooseDay, Ask.GO_ON), (ConfirmMove, True)]
        visit.says(*brings(code), *moves, *FINISH)
        owed.append(visit.asked(ConfirmMove)[0].cents)
    assert owed == [3000, 0]
    changes = [one for kind, one in told(visit) if kind == "bulky.changed"]
    assert [(one.day, one.express, one.cents) for one in changes] == [(early, True, 3000), (FRIDAY, False, 0)]


def test_a_town_without_express_offers_no_early_day(visit: Visit) -> None:
    visit.lends(date(2026, 6, 19), WEDNESDAY)
    slow = replace(BULKY, rules=replace(RULES, timing=replace(RULES.timing, express_days=0)))
    citizen = ScriptedCitizen([*ADDRESS, *SOFA, *ON_WEDNESDAY, *NAME, *AGREES, *FINISH])
    bulky_waste(slow, visit.at.desk(citizen))
    (days, *_) = [step for step in citizen.asked if isinstance(step, ChooseDay)]
    assert all(one.express is None for one in days.offers)


OFFICE = Ed25519PrivateKey.from_private_bytes(bytes(32))
TOWN_KEY = TownKey(TOWN.key)


def voucher(number: int, litres: int = 2000, until: date = date(2026, 12, 31), key: Any = OFFICE) -> str:  # noqa: ANN401
    return sign_voucher(Voucher(f"{number:016x}", litres, until), TOWN_KEY, key)


def shows(visit: Visit, *codes: str) -> None:
    """The office told its key, and the citizen brought these vouchers."""
    batch = visit.at.ledger.outbox.take(limit=100, room=100_000)
    key = OFFICE.public_key().public_bytes_raw().hex()
    last = visit.at.ledger.outbox.line().last
    visit.at.ledger.settle(
        batch, SyncAnswer(attempt=batch.attempt, ack=last, as_of=visit.at.now, changes={}, office_key=key)
    )
    visit.at.cupboard.put(CODE_SCANNER, Scanner(*(code.encode() for code in codes)))


def test_a_voucher_pays_and_spares_the_free_pickup_with_the_cable_cut(visit: Visit) -> None:
    visit.lends(WEDNESDAY)
    shows(visit, voucher(1))
    visit.says(
        *ADDRESS, *SOFA, *ON_WEDNESDAY, *NAME, (ReviewOrder, Review.VOUCHER), (ScanVoucher, None), *AGREES, *FINISH
    )
    assert visit.asked(ReviewOrder)[-1].price.vouchers
    (order,) = visit.orders()
    assert (order.vouchers, order.pickup, order.cents) == ((voucher(1),), 0, 0)


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (voucher(1, key=Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32)), VoucherProblem.NOT_SIGNED),
        (voucher(1, until=date(2026, 6, 23)), VoucherProblem.OVER),
        ("https://example.org", VoucherProblem.NOT_OURS),
        (
            sign_voucher(Voucher("00" * 8, 2000, date(2026, 12, 31)), TownKey("08111000"), OFFICE),
            VoucherProblem.OTHER_TOWN,
        ),
        (voucher(1)[:-20], VoucherProblem.DAMAGED),
    ],
)
def test_a_voucher_that_is_not_good_is_refused_with_its_reason(
    code: str, problem: VoucherProblem, visit: Visit
) -> None:
    visit.lends(WEDNESDAY)
    shows(visit, code)
    visit.says(
        *ADDRESS,
        *SOFA,
        *ON_WEDNESDAY,
        *NAME,
        (ReviewOrder, Review.VOUCHER),
        (ScanVoucher, None),
        (ScanVoucher, BACK),
        *AGREES,
        *FINISH,
    )
    assert visit.asked(ScanVoucher)[1].problem is problem
    assert visit.orders()[0].vouchers == ()


def test_the_same_voucher_counts_once_and_too_small_ones_are_not_spent(visit: Visit) -> None:
    visit.lends(WEDNESDAY)
    shows(visit, voucher(1, 1000), voucher(1, 1000))
    twice: Script = [(ReviewOrder, Review.VOUCHER), (ScanVoucher, None), (ReviewOrder, Review.VOUCHER)]
    visit.says(
        *ADDRESS, *SOFA, *ON_WEDNESDAY, *NAME, *twice, (ScanVoucher, None), (ScanVoucher, BACK), *AGREES, *FINISH
    )
    assert visit.asked(ScanVoucher)[-1].problem is VoucherProblem.TWICE
    assert (visit.asked(ReviewOrder)[-1].held, visit.asked(ReviewOrder)[-1].litres) == (1000, 1500)
    (order,) = visit.orders()
    assert (order.vouchers, order.pickup) == ((), 1)


def test_a_household_without_free_pickups_is_asked_for_a_voucher_where_the_town_sells_none(visit: Visit) -> None:
    visit.lends(WEDNESDAY)
    shows(visit, voucher(1))
    strict = replace(BULKY, rules=replace(RULES, fee=(), quota=replace(RULES.quota, free_orders=0)))
    citizen = ScriptedCitizen(
        [
            *ADDRESS, *SOFA, *ON_WEDNESDAY, *NAME, (QuotaUsed, Quota.VOUCHER), (ScanVoucher, None), *AGREES, *FINISH,
        ]
    )  # fmt: skip
    assert bulky_waste(strict, visit.at.desk(citizen)) is Outcome.ANSWERED
    assert visit.orders()[0].vouchers == (voucher(1),)


def test_without_the_offices_key_no_voucher_is_asked_for(visit: Visit) -> None:
    visit.lends(WEDNESDAY)
    visit.at.cupboard.put(CODE_SCANNER, Scanner())
    visit.says(*ADDRESS, *SOFA, *ON_WEDNESDAY, *NAME, *AGREES, *FINISH)
    assert not visit.asked(ReviewOrder)[0].voucher
