"""What staff fill in."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from central_office.contract.bulky_orders import LeftReason, OrderState
from central_office.contract.document_number import DocumentNumber, NotADocumentNumber, parse_typed
from central_office.contract.stages import DocumentKind, Stage
from central_office.office.bulky.tours import RESULTS
from central_office.office.bulky.vouchers import AT_ONCE
from central_office.office.models import Place
from central_office.office.settings import MAX_UPLOAD
from central_office.office.words import KINDS, STAGES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.core.files.uploadedfile import UploadedFile
    from django.http import QueryDict
    from django.utils.functional import _StrPromise

    from central_office.contract.bulky import Item


def _day(label: _StrPromise, *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


class SignInForm(forms.Form):
    """Name and password."""

    username = forms.CharField(
        label=_("Anmeldename"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Passwort"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class SearchForm(forms.Form):
    """What to look for in the list of documents."""

    words = forms.CharField(
        label=_("Name, Nummer oder Vorgang"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Name, Nummer oder Vorgang"), "type": "search"}),
    )
    stage = forms.ChoiceField(
        label=_("Stand"),
        required=False,
        choices=[("", _("Alle Stände")), *((stage.value, STAGES[stage]) for stage in Stage)],
    )


class NewDocumentForm(forms.Form):
    """A document that was applied for."""

    kind = forms.ChoiceField(label=_("Art"), choices=[(kind.value, KINDS[kind]) for kind in DocumentKind])
    number = forms.CharField(
        label=_("Nummer"),
        max_length=20,
        help_text=_("Neun Zeichen vom Antrag, mit Prüfziffer zehn. O und I werden zu 0 und 1."),
    )
    holder = forms.CharField(label=_("Name"), max_length=120, help_text=_("Nachname, Vorname"))
    birth_date = _day(_("Geburtsdatum"))
    expected_on = _day(_("Erwartet am"), required=False)
    reach = forms.BooleanField(
        label=_("Fach im Sitzen erreichbar"),
        required=False,
        help_text=_("Zwischen 38 und 122 cm Höhe, etwa für Menschen im Rollstuhl."),
    )

    def clean_number(self) -> DocumentNumber:
        """The number in the contract's type."""
        text = "".join(self.cleaned_data["number"].upper().split()).replace("-", "")
        try:
            if len(text) == 9:
                return DocumentNumber(text.replace("O", "0").replace("I", "1"))
            return parse_typed(text)
        except NotADocumentNumber:
            raise forms.ValidationError(
                _("Neun Zeichen, oder zehn mit passender Prüfziffer. Prüfen Sie den Antrag.")
            ) from None


class MoveForm(forms.Form):
    """A step of a document's life; which ones are legal, the life cycle says."""

    seen = forms.ChoiceField(choices=[(stage.value, stage.value) for stage in Stage])
    to = forms.ChoiceField(choices=[(stage.value, stage.value) for stage in Stage])
    place = forms.ModelChoiceField(
        Place.objects.all(), required=False, label=_("Abholort"), empty_label=_("wie üblich")
    )
    collect_until = _day(_("Abholen bis"), required=False)
    expected_on = _day(_("Erwartet am"), required=False)


class ReachForm(forms.Form):
    """Which compartment the holder needs."""

    reach = forms.BooleanField(label=_("Fach im Sitzen erreichbar"), required=False)


class UploadForm(forms.Form):
    """A CSV file."""

    file = forms.FileField(
        label=_("CSV-Datei"), allow_empty_file=False, widget=forms.FileInput(attrs={"accept": ".csv,text/csv"})
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """The file, if it is not too large."""
        file = cast("UploadedFile[bytes]", self.cleaned_data["file"])
        if (file.size or 0) > MAX_UPLOAD:
            raise forms.ValidationError(_("Die Datei ist zu groß. Teilen Sie sie."))
        return file


class TicketForm(forms.Form):
    """Where a new kiosk will stand."""

    site = forms.CharField(label=_("Wo steht das Terminal?"), max_length=80, help_text=_("Wie: Rathaus, Foyer"))


class DoneForm(forms.Form):
    """What was done about a matter."""

    how = forms.CharField(label=_("Was haben Sie getan?"), max_length=400)


class CapacityForm(forms.Form):
    """How much is offered on a day."""

    cubic_metres = forms.FloatField(
        label=_("Kubikmeter am Tag"),
        min_value=0,
        max_value=400,
        widget=forms.NumberInput(attrs={"step": "0.5"}),
    )


class ResultForm(forms.Form):
    """What the crew found; `seen` is the revision that the page showed."""

    seen = forms.IntegerField(min_value=1)
    result = forms.ChoiceField(choices=[(one.value, one.value) for one in RESULTS])
    left = forms.MultipleChoiceField(choices=[(one.value, one.value) for one in LeftReason], required=False)
    note = forms.CharField(max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        """What was left has a reason."""
        cleaned = super().clean() or {}
        if cleaned.get("result") == OrderState.PARTLY_LEFT and not cleaned.get("left"):
            raise forms.ValidationError(_("Wählen Sie einen Grund."))
        return cleaned


class CallForm(forms.Form):
    """What a citizen says who orders a pickup by telephone; a field for each item that there is."""

    once = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name an der Klingel"), max_length=80)
    street = forms.CharField(
        label=_("Straße"),
        max_length=80,
        help_text=_("Die ersten Buchstaben genügen; gesucht wird im Straßenverzeichnis."),
    )
    house = forms.CharField(label=_("Hausnummer"), max_length=12)
    phone = forms.CharField(label=_("Telefon"), max_length=30, required=False)

    def __init__(self, items: Iterable[Item], language: str, sent: QueryDict | None = None) -> None:
        super().__init__(sent, initial={"once": uuid.uuid4()})
        self._items: list[str] = []
        for one in items:
            self._items.append(f"item-{one.key}")
            self.fields[self._items[-1]] = forms.IntegerField(
                label=one.called(language), min_value=0, max_value=99, required=False
            )

    def ask_which(self, streets: Iterable[str]) -> None:
        """Let the clerk choose among streets that fit what was typed."""
        self.fields["street"].widget = forms.Select(choices=[(one, one) for one in streets])

    @property
    def people(self) -> list[forms.BoundField]:
        """Who, and where."""
        return [self[name] for name in ("name", "street", "house", "phone")]

    @property
    def pieces(self) -> list[forms.BoundField]:
        """How many of what."""
        return [self[name] for name in self._items]

    def items(self) -> dict[str, int]:
        """The pieces that were said, by the item's key."""
        said = {name.removeprefix("item-"): self.cleaned_data.get(name) for name in self._items}
        return {key: count for key, count in said.items() if count}


class VoucherForm(forms.Form):
    """Vouchers to give away."""

    count = forms.IntegerField(label=_("Wie viele"), min_value=1, max_value=AT_ONCE, initial=1)
    cubic_metres = forms.FloatField(
        label=_("Kubikmeter"),
        min_value=0.5,
        max_value=10,
        initial=2,
        help_text=_("So viel wird mit einem Gutschein abgeholt."),
        widget=forms.NumberInput(attrs={"step": "0.5"}),
    )
    until = _day(_("Gültig bis"))
    why = forms.CharField(label=_("Anlass"), max_length=120, required=False, help_text=_("Ohne Namen."))
