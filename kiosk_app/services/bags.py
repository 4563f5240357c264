"""I need bags: choose, pay by card or show a voucher, take them out of the tray, take a receipt away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from central_office.contract.bag_vouchers import parse_bag_voucher
from central_office.contract.bulky_codes import Forged
from central_office.contract.letter_code import DamagedCode, NotOurCode, OtherTownsCode
from central_office.contract.tariff import price, sold_on, years_of
from devices.conditions import Ready
from devices.roles import CODE_CAMERA, CODE_SCANNER
from kiosk_app.outcomes import Outcome
from kiosk_app.readers import CodeReaders
from kiosk_app.receipts import card_words, customer_lines, number_of, pay_receipt
from kiosk_app.sale import Closed, NoBags, NotBegun, Selling, available, sell
from kiosk_app.services.paying import PaymentPages, tell_stopped
from kiosk_app.slips import print_slip, printer_state
from offline_cache.sales import Ending, Line, Ware
from screens.slip_bags import fee_slip, phone_receipt
from screens.steps import BACK, Back, ExplainUnavailable, ReadersChanged, Reason, ServiceKey, SlipState
from screens.steps_bags import (
    Bag,
    BagsAsk,
    BagVoucherProblem,
    ChooseBags,
    Full,
    OneMoreBag,
    Receipt,
    ScanBagVoucher,
    TakeBags,
)

if TYPE_CHECKING:
    from datetime import date

    from central_office.contract.bag_vouchers import BagVoucher
    from central_office.contract.tariff import Product, Tariff
    from devices.dispensing import DispenserLayout
    from devices.noticeboard import Noticeboard
    from kiosk_app.desk import Desk
    from kiosk_app.pace import Pace
    from kiosk_app.sale import Counter, SaleResult
    from offline_cache.orders import Orders
    from offline_cache.sales import Basket, Sales
    from screens.steps_bags import Chosen

TAKEN: Final = frozenset({Ending.PAID, Ending.PART, Ending.FREE, Ending.UNPAID})
"""The endings after which bags lie in the tray and nothing is open that the citizen must know."""


def bags(tariff: Tariff, desk: Desk, *, pace: Pace | None = None) -> Outcome | Back:
    """Let a citizen choose bags, pay for them and take them; `pace` as `sell` has it."""
    return _Shopping(tariff, desk, pace).run()


def bags_hindrance(tariff: Tariff, counter: Counter, day: date, *, vouchers: bool) -> Reason | None:
    """Why no bags can be had now; None if some can. `vouchers`: whether free ones can be had, by what reads here."""
    found = available(counter)
    if isinstance(found, Closed):
        return Reason.NO_BAGS
    products = [one for one in sold_on(tariff, day) if _left(one, found, day)]
    if found.no_card is None and any(not one.free for one in products):
        return None
    if vouchers and any(one.free for one in products):
        return None
    return Reason.NO_BAGS if found.no_card is None else Reason.NO_CARD


@dataclass(frozen=True)
class AtHome:
    """What the home page knows of sales; a `kiosk_app.sale.Counter`."""

    noticeboard: Noticeboard
    sales: Sales
    columns: DispenserLayout | None


def _left(product: Product, selling: Selling, day: date) -> int:
    """How many pieces of a product can be had now: the largest stock of one year, as a line is of one."""
    wares = _wares(product, selling, day)
    return max((selling.stock[ware] for ware in wares), default=0)


def _wares(product: Product, selling: Selling, day: date) -> tuple[Ware, ...]:
    lying = [ware.year for ware, pieces in selling.stock.items() if ware.article == product.article and pieces]
    return tuple(Ware(product.article, year) for year in years_of(product, day, lying))


@dataclass
class _Shopping:
    """One citizen's choice; it lives and goes with her visit."""

    tariff: Tariff
    desk: Desk
    pace: Pace | None
    counts: dict[str, int] = field(default_factory=dict)
    voucher: BagVoucher | None = None
    gone: bool = False

    def run(self) -> Outcome | Back:
        while True:
            found = available(self.desk)
            if isinstance(found, Closed):
                self.desk.citizen.ask(ExplainUnavailable(ServiceKey.BAGS, Reason.NO_BAGS))
                return Outcome.ANSWERED
            answer = self.desk.citizen.ask(self._page(found))
            self.gone = False
            match answer:
                case OneMoreBag(bag=key, by=by):
                    self._more(found, key, by)
                case BagsAsk.PAY if self._basket(found):
                    outcome = self._sell(found)
                    if outcome is not None:
                        return outcome
                case Back() if self.voucher is not None:
                    self.voucher = None
                    self.counts.clear()
                case Back():
                    return BACK
                case _:
                    pass

    # Choosing

    @property
    def _today(self) -> date:
        return self.desk.now().astimezone(self.desk.town.zone).date()

    def _products(self, found: Selling) -> tuple[Product, ...]:
        """What is on the page: all that this kiosk holds, or what the voucher is for."""
        held = {column.article for column in self.desk.columns.columns} if self.desk.columns is not None else set()
        on_sale = [one for one in sold_on(self.tariff, self._today) if one.article in held]
        if self.voucher is not None:
            return tuple(one for one in on_sale if one.key == self.voucher.product)
        return tuple(one for one in on_sale if not one.free or (self._can_read() and _left(one, found, self._today)))

    def _bag(self, product: Product) -> Bag:
        return Bag(product, price(self.tariff, product, self._today) or 0)

    def _page(self, found: Selling) -> ChooseBags:
        products = self._products(found)
        full = tuple((one.key, why) for one in products if (why := self._full(found, one)) is not None)
        counts = tuple(self.counts.get(one.key, 0) for one in products)
        return ChooseBags(
            tuple(self._bag(one) for one in products),
            counts,
            full,
            voucher=self.voucher is not None,
            gone=self.gone,
            no_card=found.no_card is not None and self.voucher is None,
            note=self.tariff.fee_note,
        )

    def _full(self, found: Selling, product: Product) -> Full | None:
        count, left = self.counts.get(product.key, 0), _left(product, found, self._today)
        if not left:
            return Full.SOLD_OUT
        if product.free and self.voucher is not None and count >= self.voucher.pieces:
            return Full.QUOTA
        if count >= left:
            return Full.NO_MORE_HERE
        if count >= product.most:
            return Full.AT_ONCE
        if not product.free and found.no_card is not None:
            return Full.NO_CARD
        return None

    def _more(self, found: Selling, key: str, by: int) -> None:
        product = self.tariff.named(key)
        if product is None:
            return
        if product.free and self.voucher is None and by > 0:
            self._show_voucher(found)
            return
        if by < 0 or self._full(found, product) is None:
            self.counts[key] = max(0, self.counts.get(key, 0) + by)

    def _basket(self, found: Selling) -> Basket:
        lines = []
        for product in self._products(found):
            pieces = self.counts.get(product.key, 0)
            wares = _wares(product, found, self._today)
            fitting = [ware for ware in wares if found.stock[ware] >= pieces]
            if pieces and (fitting or wares):
                cents = price(self.tariff, product, self._today) or 0
                lines.append(Line(product.key, (fitting or list(wares))[0], pieces, cents))
        return tuple(lines)

    # Vouchers

    def _can_read(self) -> bool:
        return can_read_vouchers(self.desk.noticeboard, self.desk.orders)

    def _show_voucher(self, found: Selling) -> None:
        problem: BagVoucherProblem | None = None
        refused: bytes | None = None
        while True:
            with CodeReaders(self.desk, refused) as readers:
                step = ScanBagVoucher(readers.by_camera, readers.by_scanner, problem)
                answer = self.desk.citizen.ask(step, meanwhile=readers.read, every=readers.pause)
            match answer:
                case Back():
                    return
                case ReadersChanged(gone=gone):
                    problem = BagVoucherProblem.READER_GONE if gone else None
                case bytes():
                    shown = self._read(found, answer)
                    if not isinstance(shown, BagVoucherProblem):
                        self.voucher = shown
                        self.counts = {shown.product: min(shown.pieces, 1)}
                        return
                    problem, refused = shown, answer

    def _read(self, found: Selling, payload: bytes) -> BagVoucher | BagVoucherProblem:
        key = self.desk.orders.office_key()
        if key is None:
            return BagVoucherProblem.NOT_SIGNED
        try:
            voucher = parse_bag_voucher(payload, self.desk.town.key, key)
        except OtherTownsCode:
            return BagVoucherProblem.OTHER_TOWN
        except Forged:
            return BagVoucherProblem.NOT_SIGNED
        except DamagedCode:
            return BagVoucherProblem.DAMAGED
        except NotOurCode:
            return BagVoucherProblem.NOT_OURS
        if self._today > voucher.until:
            return BagVoucherProblem.OVER
        if self.desk.sales.drawn(voucher.id):
            return BagVoucherProblem.USED
        product = self.tariff.named(voucher.product)
        if product is None or not product.free or not _left(product, found, self._today):
            return BagVoucherProblem.NONE_HERE
        return voucher

    # Selling

    def _sell(self, found: Selling) -> Outcome | None:
        """Take the money and issue the bags; None: choose anew."""
        basket, desk = self._basket(found), self.desk
        chosen = tuple((self._of(line), line.pieces) for line in basket)
        showing = PaymentPages(desk, ServiceKey.BAGS, sum(line.sum for line in basket), chosen)
        voucher = "" if self.voucher is None else self.voucher.id
        if self.pace is None:
            result = sell(desk, basket, showing, voucher)
        else:
            result = sell(desk, basket, showing, voucher, pace=self.pace)
        match result:
            case NotBegun(why=NoBags.SOLD_OUT):
                self.gone, self.counts = True, {}
                return None
            case NotBegun(why=NoBags()):
                desk.citizen.ask(ExplainUnavailable(ServiceKey.BAGS, Reason.NO_BAGS))
                return Outcome.ANSWERED
            case NotBegun():
                desk.citizen.ask(ExplainUnavailable(ServiceKey.BAGS, Reason.NO_CARD))
                return Outcome.ANSWERED
        if result.ending in TAKEN and any(sold.issued for sold in result.lines):
            return self._take(result, chosen)
        return None if tell_stopped(desk, ServiceKey.BAGS, result) else Outcome.ANSWERED

    def _of(self, line: Line) -> Bag:
        product = self.tariff.named(line.product)
        assert product is not None
        return Bag(product, line.cents)

    def _take(self, result: SaleResult, chosen: Chosen) -> Outcome:
        """Say where they lie and what was paid; offer the receipt as often as she likes."""
        desk, number, note = self.desk, number_of(result.sale), self.tariff.fee_note
        issued = tuple((self._of(sold.line), sold.issued) for sold in result.lines if sold.issued)
        slip, qr = printer_state(desk), False

        def page(state: SlipState) -> TakeBags:
            code = phone_receipt(number, issued, result.charged or 0, note, desk.language(), desk.surroundings())
            return TakeBags(chosen, issued, result.charged, number, code, state, qr)

        while True:
            match desk.citizen.ask(page(slip)):
                case Receipt.PRINT:
                    desk.citizen.tell(page(SlipState.PRINTING))
                    words = fee_slip(
                        number,
                        issued,
                        result.charged or 0,
                        note,
                        desk.language(),
                        desk.surroundings(),
                        card=card_words(result.payment) if result.asked else None,
                        lines=customer_lines(result.slips),
                    )
                    slip = print_slip(desk, pay_receipt(words))
                case Receipt.QR:
                    qr = True
                    desk.visit.taken_away.add("phone")
                case Receipt.ELSE:
                    desk.visit.goes_on = True
                    return Outcome.ANSWERED
                case _:
                    return Outcome.ANSWERED


def can_read_vouchers(noticeboard: Noticeboard, orders: Orders) -> bool:
    """Whether a voucher can be read and checked here now."""
    readable = any(isinstance(noticeboard.of(role), Ready) for role in (CODE_CAMERA, CODE_SCANNER))
    return readable and orders.office_key() is not None
