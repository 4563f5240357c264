"""What a citizen takes away from a payment: the receipt for a fee, the proof of an unclear one; on paper and phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from central_office.contract.values import value
from screens.wording import Words, later

if TYPE_CHECKING:
    from central_office.contract.tariff import FeeNote
    from screens.steps_bags import Chosen
    from screens.surroundings import Surroundings

PHONE_BYTES: Final = 180
"""A phone's text is no longer: with error correction M its code stays at 53 modules (ISO/IEC 18004, version 9)."""


@value
class CardWords:
    """What the terminal said of the card: its kind, the masked number if it told one, and its own numbers."""

    card: str = ""
    masked_pan: str = ""
    terminal: str = ""
    trace: int | None = None
    receipt: int | None = None


@value
class PaySlip:
    """The words of a receipt or a proof, in its order; `lines` are the terminal's own for the customer."""

    town: str
    when: str
    title: str
    paragraphs: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    total: tuple[str, str]
    pairs: tuple[tuple[str, str], ...]
    note: str
    lines: tuple[str, ...]
    code: str
    code_caption: str
    closing: str


def euros(cents: int, language: str) -> str:
    """An amount with its cents, as the language writes it."""
    amount = f"{cents // 100}.{cents % 100:02}"
    return f"{amount.replace('.', ',')} €" if language == "de" else f"€{amount}"


def fee_slip(  # noqa: PLR0913, PLR0917 - what a receipt is made of
    number: str,
    issued: Chosen,
    cents: int,
    note: FeeNote,
    language: str,
    around: Surroundings,
    *,
    fee: str = "",
    card: CardWords | None = None,
    lines: tuple[str, ...] = (),
) -> PaySlip:
    """The receipt for what was issued, or for a `fee` by its name; municipal fees bear no value added tax.

    `card` None: nothing was paid, it was given out against a voucher.
    """
    say = Words(language)
    rows = [
        (
            say(_PIECES, number=pieces, thing=bag.called(language), litres=bag.product.litres),
            euros(pieces * bag.cents, language) if bag.cents else say("Free"),
        )
        for bag, pieces in issued
    ]
    if fee:
        rows.append((fee, euros(cents, language)))
    paid = say("Paid by card") if cents else say("Not charged")
    total = (paid, euros(cents, language)) if card is not None else (say("With a voucher"), say("Free"))
    return PaySlip(
        town=around.town,
        when=_when(say, around),
        title=note.titled(language),
        paragraphs=(),
        rows=tuple(rows),
        total=total,
        pairs=((say("Receipt"), number), (say("Terminal"), around.terminal), *_card(say, card)),
        note=note.says(language),
        lines=lines,
        code=phone_receipt(number, issued, cents, note, language, around, fee=fee),
        code_caption=say("Scan it with your phone"),
        closing=say("There is no name on this slip."),
    )


def proof_slip(  # noqa: PLR0913 - what a proof is made of
    number: str,
    cents: int,
    language: str,
    around: Surroundings,
    *,
    not_charged: bool,
    issued: int = 0,
    card: CardWords | None = None,
    lines: tuple[str, ...] = (),
) -> PaySlip:
    """The proof of a payment that did not lead to what was wanted; it promises no more than is known."""
    say = Words(language)
    if not_charged:
        money = euros(cents, language)
        paragraphs = [say("You were not charged"), say("We cancelled the payment of {money}.", money=money)]
    else:
        paragraphs = [say("We do not know yet how this payment ended."), say("Our staff will find out.")]
    if issued:
        paragraphs.append(say.several("{number} bag came out.", "{number} bags came out.", issued))
    paragraphs.append(say("If your account shows something else, show this slip."))
    paragraphs.append(around.counter.name)
    if around.phone:
        paragraphs.append(say("Call {phone}", phone=around.phone))
    return PaySlip(
        town=around.town,
        when=_when(say, around),
        title=say("Proof of a payment"),
        paragraphs=tuple(paragraphs),
        rows=(),
        total=(say("Amount"), euros(cents, language)),
        pairs=((say("Proof"), number), (say("Terminal"), around.terminal), *_card(say, card)),
        note=say("This is not a receipt."),
        lines=lines,
        code=phone_proof(number, cents, language, around),
        code_caption=say("Scan it with your phone"),
        closing=say("There is no name on this slip."),
    )


def phone_receipt(  # noqa: PLR0913, PLR0917 - what a receipt is made of
    number: str, issued: Chosen, cents: int, note: FeeNote, language: str, around: Surroundings, *, fee: str = ""
) -> str:
    """The receipt as a text for the phone, at most `PHONE_BYTES` long in UTF-8: at last without the things."""
    say = Words(language)
    begin = f"{around.town}, {note.titled(language)} {number}, {_when(say, around)}"
    amount = euros(cents, language) if cents else say("Free")
    things = [
        say(_PIECES, number=pieces, thing=bag.called(language), litres=bag.product.litres) for bag, pieces in issued
    ]
    for middle in (", ".join([*things, *([fee] if fee else [])]), ""):
        text = ": ".join((begin, ", ".join(part for part in (middle, amount) if part)))
        if len(text.encode()) <= PHONE_BYTES:
            return text
    return text.encode()[:PHONE_BYTES].decode("utf-8", "ignore")


def phone_proof(number: str, cents: int, language: str, around: Surroundings) -> str:
    """The proof as a text for the phone, at most `PHONE_BYTES` long in UTF-8."""
    say = Words(language)
    text = f"{around.town}, {say('Proof of a payment')} {number}, {_when(say, around)}: {euros(cents, language)}"
    return text.encode()[:PHONE_BYTES].decode("utf-8", "ignore")


_PIECES: Final = later("{number} {thing}, {litres} l")


def _when(say: Words, around: Surroundings) -> str:
    return f"{say.day_of_year(around.now.date())}, {say.time(around.now.time())}"


def _card(say: Words, card: CardWords | None) -> list[tuple[str, str]]:
    if card is None:
        return []
    told = (
        (say("Card"), " ".join(part for part in (card.card, card.masked_pan) if part)),
        (say("Card terminal"), card.terminal),
        (say("Terminal receipt"), str(card.receipt) if card.receipt is not None else ""),
        (say("Trace number"), str(card.trace) if card.trace is not None else ""),
    )
    return [(label, told_of) for label, told_of in told if told_of]
