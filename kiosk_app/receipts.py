"""Receipts of payments on paper: the fee note without tax, and the proof of a payment whose end is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devices.payments import SlipKind
from devices.receipts import Gap, Line, Pair, Qr, Receipt, Rule, Text, Title
from screens.slip_bags import CardWords

if TYPE_CHECKING:
    from devices.payments import Slip
    from offline_cache.sales import CardPayment, SaleId
    from screens.slip_bags import PaySlip


def number_of(sale: SaleId) -> str:
    """What a sale is called on its receipt: the first eight characters of its identifier, which the office lists."""
    return sale.replace("-", "")[:8].upper()


def pay_receipt(words: PaySlip) -> Receipt:
    """Town and title on top, what was paid, what the terminal says, and the code for the phone at the end."""
    lines: list[Line] = [Text(words.town, bold=True, centred=True), Text(words.when, centred=True), Rule()]
    lines += [Title(words.title), Gap()]
    lines += [Text(paragraph) for paragraph in words.paragraphs]
    lines += [Pair(label, amount) for label, amount in words.rows]
    lines += [Rule(), Pair(*words.total), Gap()]
    lines += [Pair(label, told) for label, told in words.pairs]
    if words.lines:
        lines += [Rule(), *(Text(line) if line else Gap() for line in words.lines)]
    lines += [Rule(), Text(words.note), Gap(), Qr(words.code), Text(words.code_caption, centred=True), Rule()]
    lines.append(Text(words.closing, centred=True))
    return Receipt(tuple(lines))


def card_words(payment: CardPayment | None) -> CardWords | None:
    """What may stand on paper of a card: nothing that the terminal had not masked."""
    if payment is None:
        return None
    return CardWords(payment.card, payment.masked_pan, payment.terminal, payment.trace, payment.receipt)


def customer_lines(slips: tuple[Slip, ...]) -> tuple[str, ...]:
    """The terminal's own lines for the customer, which go onto her receipt."""
    return tuple(line.text for slip in slips if slip.kind is SlipKind.CUSTOMER for line in slip.lines)
