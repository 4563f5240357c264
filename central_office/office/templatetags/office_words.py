"""Our words in templates: `{{ document.stage|stage_words }}`, `{% icon "search" %}`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django import template
from django.utils import formats, translation
from django.utils.html import format_html

from central_office.contract.bulky_codes import order_number as numbered
from central_office.contract.bulky_orders import OrderState
from central_office.contract.document_number import DocumentNumber
from central_office.contract.stages import DocumentKind, Stage
from central_office.office import words
from central_office.office.sales.clearing import cleared_only_at_its_sale

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from central_office.office.models import BulkyOrder, DeskEntry
    from central_office.office.sales.days import Seen

register = template.Library()

_ICONS = {
    "add": 0xE145, "apps": 0xE5C3, "arrow_back": 0xE5C4, "arrow_forward": 0xE5C8, "block": 0xF08C,
    "check_circle": 0xF0BE, "cancel": 0xE888, "chevron_left": 0xE5CB, "chevron_right": 0xE5CC, "download": 0xF090,
    "error": 0xF8B6,
    "history": 0xE8B3, "id_card": 0xF4CA, "inbox": 0xE156, "info": 0xE88E, "language": 0xEA07, "logout": 0xE9BA,
    "mail": 0xE159, "monitor_heart": 0xEAA2, "pending": 0xEF64, "print": 0xE8AD, "qr_code_2": 0xE00A,
    "refresh": 0xE5D5, "schedule": 0xEFD6, "search": 0xEF7A, "task_alt": 0xE2E6, "upload": 0xF09B, "warning": 0xF083,
    "remove": 0xE15B, "group": 0xEA21, "local_shipping": 0xE558,
    "payments": 0xEF63, "shopping_bag": 0xF1CC, "undo": 0xE166, "receipt_long": 0xEF6E,
    "event": 0xE878, "recycling": 0xE760, "tune": 0xE429, "weekend": 0xE16B,
}  # fmt: skip
_TONE_ICONS = {
    "ok": "check_circle", "warn": "warning", "bad": "error", "info": "pending", "off": "remove", "done": "task_alt",
    "back": "undo",
}  # fmt: skip


@register.filter
def stage_words(stage: str) -> str:
    """A stage as staff say it."""
    return str(words.STAGES[Stage(stage)])


@register.filter
def kind_words(kind: str) -> str:
    """A kind of document as staff say it."""
    return str(words.KINDS[DocumentKind(kind)])


@register.filter
def number_groups(number: str) -> str:
    """A document number in groups with its check digit."""
    return str(DocumentNumber(number))


@register.filter
def visit_words(value: str) -> str:
    """A service, outcome, claim or taken-away thing as staff say it; an unknown one as it is."""
    for book in (words.SERVICES, words.OUTCOMES, words.CLAIMS, words.TAKEN_AWAY):
        if value in book:
            return str(book[value])
    return value


@register.filter
def code_words(code: str) -> str:
    """Why a command was rejected, and what to do."""
    return str(words.CODES.get(code, code))


@register.filter
def right_words(right: str) -> str:
    """What an employee may do at a kiosk."""
    return str(words.RIGHTS[right])


@register.filter
def deed_words(kind: str) -> str:
    """What an employee did at a kiosk."""
    return str(words.DEEDS.get(kind, kind))


@register.filter
def detail_words(detail: str) -> str:
    """How it was done, as far as it is said in program's words; a note as it was typed."""
    word, colon, note = detail.partition(": ")
    said = ", ".join(str(words.DETAILS.get(one, one)) for one in word.split(", "))
    return f"{said}{colon}{note}"


@register.filter
def of_number(names: dict[str, str], number: str) -> str:
    """Who has the number; the number itself if nobody has."""
    return names.get(number) or number


@register.filter
def matter_words(kind: str) -> str:
    """What needs a human, in two words."""
    return str(words.MATTERS[kind])


@register.filter
def matter_advice(entry: DeskEntry) -> str:
    """Why it needs one, and what to do."""
    advice = words.ADVICE.get(entry.kind)
    if entry.kind in {"pickup", "locker", "sale", "till"} and entry.code not in words.SAYS_ALL:
        return f"{code_words(entry.code)} {advice}"
    if entry.kind == "stock":
        return f"{advice} ({entry.code})"
    return code_words(entry.code) if entry.code in words.SAYS_ALL else str(advice or code_words(entry.code))


@register.filter
def sale_in(entry: DeskEntry) -> str:
    """The sale that a matter is about, "" if it is about something else."""
    if entry.kind not in {"sale", "voucher"}:
        return ""
    try:
        sale = json.loads(entry.detail or "{}").get("sale", "")
    except (ValueError, AttributeError):
        return ""
    return sale if isinstance(sale, str) else ""


@register.filter
def cleared_at_sale(entry: DeskEntry) -> bool:
    """Whether the matter ends when its sale is cleared up, with a reason and not with a sentence alone."""
    return cleared_only_at_its_sale(entry)


@register.filter
def order_words(what: str) -> str:
    """A state or step of an order of bulky waste, or a reason why something was left, as staff say it."""
    return str(words.ORDERS.get(what) or words.LEFT.get(what) or what)


@register.filter
def order_kind_words(kind: str) -> str:
    """A kind of order as staff say it."""
    return str(words.ORDER_KINDS.get(kind) or kind)


@register.filter
def order_number(number: str) -> str:
    """An order number as it stands on the slip."""
    return str(numbered(number))


@register.filter
def euros(cents: int | None) -> str:
    """Cents as euros; a dash for what nobody knows."""
    if cents is None:
        return "\N{EN DASH}"
    sign, whole, rest = "\N{MINUS SIGN}" if cents < 0 else "", abs(cents) // 100, abs(cents) % 100
    english = (translation.get_language() or "").startswith("en")
    return f"{sign}€{whole}.{rest:02d}" if english else f"{sign}{whole},{rest:02d} €"


@register.filter
def cubic_metres(litres: int) -> str:
    """Litres as cubic metres, with one place."""
    return formats.localize(round(litres / 1000, 1))


@register.filter
def sale_words(word: str) -> str:
    """A word of sales (an ending, a purpose, a reason) as staff say it; an unknown one as it is."""
    return str(words.SALES.get(word) or words.REASONS.get(word) or words.CODES.get(word) or word)


@register.simple_tag
def payment_tag(seen: Seen) -> SafeString:
    """How a sale's payment stands, as a tag."""
    return tag(words.PAYMENT_TONES[seen.payment], str(words.PAYMENTS[seen.payment]))


@register.simple_tag
def goods_tag(seen: Seen) -> SafeString:
    """What came out, as a tag."""
    return tag(words.GOODS_TONES[seen.goods], str(words.GOODS[seen.goods]))


@register.simple_tag
def order_tag(order: BulkyOrder) -> SafeString:
    """An order's state as a tag; one without a place says so first."""
    if order.state == OrderState.BOOKED and not order.placed:
        return tag("bad", str(words.ORDERS["unplaced"]))
    return tag(words.ORDER_TONES[order.state], order_words(order.state))


@register.simple_tag
def icon(name: str, filled: str = "") -> SafeString:
    """A Material Symbol; the word beside it carries the meaning, so readers skip it."""
    kind = "icon filled" if filled else "icon"
    return format_html('<span class="{}" aria-hidden="true">{}</span>', kind, chr(_ICONS[name]))


@register.simple_tag
def stage_tag(stage: str) -> SafeString:
    """A stage as a tag with icon, word and colour."""
    tone = words.TONES.get(Stage(stage), "info")
    return tag(tone, stage_words(stage))


@register.simple_tag
def tag(tone: str, text: str) -> SafeString:
    """A tag with icon, word and colour."""
    return format_html('<span class="tag {}">{}{}</span>', tone, icon(_TONE_ICONS[tone], "filled"), text)
