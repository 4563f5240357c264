"""The tariff: prices by product and day, new ones, those that have not begun taken back; vouchers for free bags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from central_office.contract.tariff import price
from central_office.office import escrow, here
from central_office.office.bulky.voucher_key import voucher_key
from central_office.office.lifecycle import the_town
from central_office.office.models import BagPass, TariffPrice
from central_office.office.pages.documents import note, staff_name
from central_office.office.pages.sales_forms import BagVoucherForm, PriceForm
from central_office.office.publishing import publish_tariff
from central_office.office.roles import StaffRole, only, roles_of
from central_office.office.sales import bag_passes, paper
from central_office.office.sales.tariff_book import PriceRefused, set_price, tariff_of, withdraw_price
from central_office.office.words import PRICE_PROBLEMS

if TYPE_CHECKING:
    from django.http import HttpRequest

_SHOWN = 100


@only(StaffRole.CLERK)
def listing(request: HttpRequest) -> HttpResponse:
    """All products with the prices that were, are and will be; clerks look, admins set."""
    return _listing(request)


@require_POST
@only(StaffRole.ADMIN)
def new_price(request: HttpRequest) -> HttpResponse:
    """Let a product cost something else from a later day on, at all kiosks."""
    town = the_town()
    tariff = tariff_of(town)
    form = PriceForm(tariff.product if tariff is not None else (), _language(), request.POST)
    if not form.is_valid():
        return _listing(request, form, 400)
    said = form.cleaned_data
    try:
        set_price(town, said["product"], said["valid_from"], said["cents"], staff_name(request.user), here.now())
    except PriceRefused as problem:
        return _listing(request, form, 409, str(PRICE_PROBLEMS[problem.code]))
    note(request, f"price of {said['product']}: {said['cents']} cents from {said['valid_from']}")
    return _publish(
        request, _("Der Preis gilt ab dem gewählten Tag. Die Terminals hören davon beim nächsten Abgleich.")
    )


@require_POST
@only(StaffRole.ADMIN)
def withdraw(request: HttpRequest, key: int) -> HttpResponse:
    """Take back a price that has not begun."""
    try:
        row = withdraw_price(the_town(), key, here.now())
    except PriceRefused as problem:
        return _listing(request, None, 409, str(PRICE_PROBLEMS[problem.code]))
    note(request, f"price of {row.product} withdrawn: {row.cents} cents from {row.valid_from}")
    return _publish(request, _("Der Preis ist zurückgenommen."))


@only(StaffRole.CLERK)
def vouchers(request: HttpRequest) -> HttpResponse:
    """The latest vouchers for free bags, and new ones."""
    town = the_town()
    tariff = tariff_of(town)
    products = [one for one in tariff.product if one.free] if tariff is not None else []
    form = BagVoucherForm(products, _language(), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said, by = form.cleaned_data, staff_name(request.user)
        made = bag_passes.issue(
            said["count"], said["product"], said["pieces"], said["until"], said["why"], by, here.now()
        )
        note(request, f"{len(made)} vouchers for {said['pieces']} {said['product']} each")
        messages.success(request, _("%d Gutscheine sind ausgestellt. Drucken Sie sie jetzt.") % len(made))
        return redirect("bag_vouchers")
    named = {one.key: one.called(_language()) for one in products}
    shown = [(one, named.get(one.product, one.product)) for one in BagPass.objects.all()[:_SHOWN]]
    context = {"form": form, "vouchers": shown, "products": products, "today": escrow.today(town, here.now())}
    return render(request, "office/bag_vouchers.html", context, status=400 if form.errors else 200)


@require_safe
@only(StaffRole.CLERK)
def voucher(request: HttpRequest, key: str) -> HttpResponse:  # noqa: ARG001  # the guard has looked at it
    """One voucher for free bags as PDF."""
    row, town = get_object_or_404(BagPass, pk=key), the_town()
    tariff = tariff_of(town)
    product = tariff.named(row.product) if tariff is not None else None
    payload = bag_passes.payload(row, town.town_key, voucher_key(here.this_office().data))
    response = HttpResponse(paper.voucher_pdf(row, product, payload, town), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="gutschein-{row.pk}.pdf"'
    return response


def _listing(request: HttpRequest, form: PriceForm | None = None, status: int = 200, problem: str = "") -> HttpResponse:
    town = the_town()
    tariff, today = tariff_of(town), escrow.today(town, here.now())
    prices: dict[str, list[TariffPrice]] = {}
    for one in TariffPrice.objects.all():
        prices.setdefault(one.product, []).append(one)
    products = tariff.product if tariff is not None else ()
    now = {one.key: price(tariff, one, today) for one in products} if tariff is not None else {}
    begun = {
        key: max((one.valid_from for one in rows if one.valid_from <= today), default=None)
        for key, rows in prices.items()
    }
    context = {
        "products": [
            (
                one,
                one.called(_language()),
                one.sized(_language()),
                now[one.key],
                prices.get(one.key, ()),
                begun.get(one.key),
            )
            for one in products
        ],
        "form": form or PriceForm(products, _language()),
        "may_set": StaffRole.ADMIN in roles_of(request.user) and products,
        "today": today,
        "problem": problem,
    }
    return render(request, "office/tariff.html", context, status=status)


def _publish(request: HttpRequest, done: str) -> HttpResponse:
    try:
        publish_tariff(here.this_office().data / "blobs")
    except OSError:
        return _listing(
            request,
            None,
            500,
            _("Der Preis steht in den Büchern, konnte aber nicht an die Terminals gehen. Holen Sie die Technik."),
        )
    messages.success(request, done)
    return redirect("tariff")


def _language() -> str:
    return (get_language() or "de").partition("-")[0]
