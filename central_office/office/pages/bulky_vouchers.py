"""Vouchers for bulky waste: given out, listed, printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from central_office.office import escrow, here
from central_office.office.bulky import sheets, vouchers
from central_office.office.bulky.voucher_key import voucher_key
from central_office.office.lifecycle import the_town
from central_office.office.models import Voucher
from central_office.office.pages.documents import note, staff_name
from central_office.office.pages.forms import VoucherForm
from central_office.office.roles import StaffRole, only

if TYPE_CHECKING:
    from django.http import HttpRequest

_SHOWN = 100


@only(StaffRole.CLERK)
def listing(request: HttpRequest) -> HttpResponse:
    """The latest vouchers, and new ones."""
    form = VoucherForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        litres = round(wanted["cubic_metres"] * 1000)
        by = staff_name(request.user)
        made = vouchers.issue(wanted["count"], litres, wanted["until"], wanted["why"], by, here.now())
        note(request, f"{len(made)} vouchers for bulky waste, {litres} litres each")
        messages.success(request, _("%d Gutscheine sind ausgestellt. Drucken Sie sie jetzt.") % len(made))
        return redirect("bulky_vouchers")
    return render(
        request,
        "office/bulky_vouchers.html",
        {
            "form": form,
            "vouchers": Voucher.objects.select_related("used_by")[:_SHOWN],
            "today": escrow.today(the_town(), here.now()),
        },
        status=400 if form.errors else 200,
    )


@only(StaffRole.CLERK)
def one(request: HttpRequest, key: str) -> HttpResponse:  # noqa: ARG001  # the guard has looked at it
    """One voucher as PDF."""
    voucher = get_object_or_404(Voucher, pk=key)
    town = the_town()
    payload = vouchers.payload(voucher, town.town_key, voucher_key(here.this_office().data))
    response = HttpResponse(sheets.voucher_pdf(voucher, payload, town), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="gutschein-{voucher.pk}.pdf"'
    return response
