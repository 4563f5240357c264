"""What staff fill in about sales: what was found out, a period, a price, vouchers for free bags."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from central_office.contract.sale_words import MAX_CENTS, MAX_PIECES
from central_office.office.sales.bag_passes import AT_ONCE
from central_office.office.sales.bookkeeping import MOST_DAYS
from central_office.office.sales.clearing import REASONS, WITH_AMOUNT, most
from central_office.office.words import REASONS as WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import QueryDict
    from django.utils.functional import _StrPromise

    from central_office.contract.tariff import Product
    from central_office.office.models import Sale

_HUNDRED = Decimal(100)


def _day(label: _StrPromise) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


def _euros(label: _StrPromise, most: int, *, required: bool, help_text: _StrPromise | str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=Decimal(0),
        max_value=Decimal(most) / _HUNDRED,
        decimal_places=2,
        required=required,
        help_text=help_text,
        widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
    )


class ClearForm(forms.Form):
    """What was found out about a sale; after validation `cents` is what was really charged."""

    reason = forms.ChoiceField(label=_("Was ist herausgekommen?"))
    note = forms.CharField(
        label=_("Woran haben Sie es gesehen?"),
        max_length=400,
        help_text=_("Wie: Umsatzliste vom 17.6., Zeile 4. Ohne Namen von Bürgern."),
    )

    def __init__(self, sale: Sale, sent: QueryDict | None = None) -> None:
        super().__init__(sent)
        reasons = REASONS.get(sale.at_ending, ())
        self.fields["reason"] = forms.ChoiceField(
            label=_("Was ist herausgekommen?"), choices=[(one.value, WORDS[one]) for one in reasons]
        )
        self.fields["amount"] = _euros(
            _("Betrag in Euro"), most(sale), required=False, help_text=_("Was wirklich bezahlt ist und bleibt.")
        )
        self.order_fields(["reason", "amount", "note"])

    def clean(self) -> dict[str, Any]:
        """An amount where the reason needs one."""
        cleaned = super().clean() or {}
        amount = cleaned.get("amount")
        if cleaned.get("reason") in WITH_AMOUNT and not amount:
            self.add_error("amount", _("Schreiben Sie, wie viel bezahlt wurde."))
        cleaned["cents"] = int((amount or 0) * 100)
        return cleaned


class PeriodForm(forms.Form):
    """From which day to which."""

    first = _day(_("Von"))
    last = _day(_("Bis"))

    def clean(self) -> dict[str, Any]:
        """In this order, and a year at most."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and (not 0 <= (last - first).days < MOST_DAYS or not 1970 < first.year < 9999):
            raise forms.ValidationError(_("Wählen Sie den ersten und den letzten Tag, höchstens ein Jahr."))
        return cleaned


class PriceForm(forms.Form):
    """A price from a day on; after validation `cents` is the price."""

    product = forms.ChoiceField(label=_("Produkt"))
    amount = _euros(_("Preis in Euro"), MAX_CENTS, required=True)
    valid_from = _day(_("Gültig ab"))

    def __init__(self, products: Iterable[Product], language: str, sent: QueryDict | None = None) -> None:
        super().__init__(sent)
        choices = [(one.key, one.called(language)) for one in products if not one.free]
        self.fields["product"] = forms.ChoiceField(label=_("Produkt"), choices=choices)

    def clean(self) -> dict[str, Any]:
        """At least a cent."""
        cleaned = super().clean() or {}
        if "amount" in cleaned:
            cleaned["cents"] = int(cleaned["amount"] * 100)
            if not cleaned["cents"]:
                self.add_error("amount", _("Was nichts kostet, wird mit Gutschein ausgegeben."))
        return cleaned


class BagVoucherForm(forms.Form):
    """Vouchers for free bags."""

    product = forms.ChoiceField(label=_("Produkt"))
    pieces = forms.IntegerField(label=_("Säcke je Gutschein"), min_value=1, max_value=MAX_PIECES, initial=10)
    count = forms.IntegerField(label=_("Wie viele"), min_value=1, max_value=AT_ONCE, initial=1)
    until = _day(_("Gültig bis"))
    why = forms.CharField(label=_("Anlass"), max_length=120, required=False, help_text=_("Ohne Namen."))

    def __init__(self, products: Iterable[Product], language: str, sent: QueryDict | None = None) -> None:
        super().__init__(sent)
        choices = [(one.key, one.called(language)) for one in products if one.free]
        self.fields["product"] = forms.ChoiceField(label=_("Produkt"), choices=choices)

    def clean_until(self) -> object:
        """A day that a voucher can hold."""
        until = self.cleaned_data["until"]
        if not 2020 <= until.year < 2199:
            raise forms.ValidationError(_("Ein Gutschein endet zwischen 2020 und 2198."))
        return until
