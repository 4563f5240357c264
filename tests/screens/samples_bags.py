"""One step of every kind of the visit that buys bags, and of payments: what its pages are checked and drawn with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from central_office.contract.tariff import FeeNote, Picture, Product
from screens.steps import ServiceKey, SlipState
from screens.steps_bags import (
    Bag,
    BagsComing,
    BagVoucherProblem,
    ChooseBags,
    Full,
    PayByCard,
    PayState,
    SaleStopped,
    ScanBagVoucher,
    Stop,
    TakeBags,
)

if TYPE_CHECKING:
    from screens.steps import Step

RESIDUAL = Bag(
    Product("residual_70", "Restmüllsack", "residual-70", 70, "Residual waste bag", "Rolle mit 5", "roll of 5"), 750
)
GARDEN = Bag(
    Product(
        "garden_120",
        "Gartenabfallsack",
        "garden-120",
        120,
        "Garden waste sack",
        "Papier",
        "paper",
        Picture.BROWN,
    ),
    300,
)
YELLOW = Bag(
    Product(
        "yellow_90",
        "Gelber Sack für Verpackungen",
        "yellow-90",
        90,
        "Yellow bag for packaging",
        "Rolle mit 13",
        "roll of 13",
        Picture.YELLOW,
        free=True,
    ),
    0,
)
NAPPY = Bag(Product("nappy_60", "Windelsack", "nappy-60", 60, "Nappy bag", free=True), 0)
BIO = Bag(Product("bio_10", "Biobeutel", "bio-10", 10, "Bio bag"), 40)
NOTE = FeeNote(
    on_page="Abfuhr und Entsorgung sind im Preis enthalten.", on_page_en="The price includes collection and disposal."
)
BAGS = (RESIDUAL, GARDEN, YELLOW)
BOARD = ((RESIDUAL, 2), (GARDEN, 1))
"""What the board's citizen buys: 18 euros."""
KNOWN, NOT_KNOWN = True, False
CODE = "Musterstadt, Beleg MS-02-88213: 18,00 €, 2 x Restmüllsack, 1 x Gartenabfallsack, 16.06.2026 10:24"

SAMPLES: dict[str, Step[Any]] = {
    "bags_choose": ChooseBags(BAGS, (2, 1, 0), note=NOTE),
    "bags_choose_nothing": ChooseBags((*BAGS, NAPPY), (0, 0, 0, 0), ((GARDEN.key, Full.SOLD_OUT),), note=NOTE),
    "bags_choose_many": ChooseBags((*BAGS, NAPPY, BIO), (1, 0, 0, 0, 12)),
    **{f"bags_choose_{why.value}": ChooseBags(BAGS, (2, 1, 0), tuple((one.key, why) for one in BAGS)) for why in Full},
    "bags_choose_voucher": ChooseBags((NAPPY,), (2,), voucher=True),
    "bags_choose_gone": ChooseBags(BAGS, (1, 0, 0), gone=True),
    "bags_choose_no_card_now": ChooseBags((*BAGS, NAPPY), (0, 0, 0, 0), no_card=True),
    "bags_voucher_camera": ScanBagVoucher(by_camera=True, by_scanner=False),
    "bags_voucher_both": ScanBagVoucher(by_camera=True, by_scanner=True),
    "bags_voucher_scanner": ScanBagVoucher(by_camera=False, by_scanner=True),
    **{
        f"bags_voucher_{problem.value}": ScanBagVoucher(by_camera=True, by_scanner=False, problem=problem)
        for problem in BagVoucherProblem
    },
    **{f"bags_pay_{state.value}": PayByCard(ServiceKey.BAGS, 1800, BOARD, state) for state in PayState},
    "bags_pay_fee": PayByCard(ServiceKey.BULKY_WASTE, 2500, (), PayState.PRESENT_CARD),
    "bags_pay_much": PayByCard(
        ServiceKey.BAGS, 129_95, ((RESIDUAL, 9), (GARDEN, 9), (YELLOW, 9), (NAPPY, 9)), PayState.PRESENT_CARD
    ),
    "bags_coming": BagsComing(BOARD, 1),
    "bags_coming_first": BagsComing(((RESIDUAL, 1),), 0),
    "bags_coming_many": BagsComing(((RESIDUAL, 7), (GARDEN, 5)), 8),
    "bags_coming_free": BagsComing(((NAPPY, 2),), 0, paid=False),
    **{f"bags_take_{slip.value}": TakeBags(BOARD, BOARD, 1800, "MS-02-88213", CODE, slip) for slip in SlipState},
    "bags_take_qr": TakeBags(BOARD, BOARD, 1800, "MS-02-88213", CODE, SlipState.OFFERED, qr=True),
    "bags_take_part": TakeBags(BOARD, ((RESIDUAL, 2),), 1500, "MS-02-88213", CODE, SlipState.OFFERED),
    "bags_take_part_qr": TakeBags(BOARD, ((RESIDUAL, 1),), 750, "MS-02-88213", CODE, SlipState.NO_PRINTER),
    "bags_take_free": TakeBags(((NAPPY, 2),), ((NAPPY, 2),), 0, "MS-02-88213", CODE, SlipState.OFFERED),
    "bags_take_unpaid": TakeBags(BOARD, BOARD, 0, "MS-02-88213", CODE, SlipState.OFFERED),
    "bags_take_unclear": TakeBags(BOARD, BOARD, None, "MS-02-88213", CODE, SlipState.OFFERED),
    **{
        f"bags_stopped_{stop.value}": SaleStopped(
            ServiceKey.BAGS,
            stop,
            1800,
            stop is not Stop.UNCLEAR,
            "MS-02-88214",
            CODE,
            SlipState.OFFERED,
        )
        for stop in Stop
    },
    **{
        f"bags_proof_{slip.value}": SaleStopped(
            ServiceKey.BAGS, Stop.UNCLEAR, 1800, NOT_KNOWN, "MS-02-88214", CODE, slip, 1
        )
        for slip in SlipState
    },
    "bags_stopped_voucher": SaleStopped(
        ServiceKey.BAGS, Stop.REVERSED, 0, KNOWN, "MS-02-88214", CODE, SlipState.OFFERED
    ),
    "fee_stopped": SaleStopped(
        ServiceKey.BULKY_WASTE, Stop.REVERSED, 2500, KNOWN, "MS-02-88214", CODE, SlipState.OFFERED
    ),
}
"""By a name that pictures are filed under."""
