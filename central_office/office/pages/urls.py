"""Addresses of the staff's pages."""

from __future__ import annotations

from datetime import date

from django.urls import path, register_converter

from central_office.office.pages import (
    bulky,
    bulky_new,
    bulky_vouchers,
    compartments,
    documents,
    employees,
    evidence,
    imports,
    kiosks,
    matters,
    sales,
    signing_in,
    tariff,
    visits,
)


class _Day:
    """A day in an address, such as 2026-06-16."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)  # a ValueError makes it no address of ours

    def to_url(self, value: date) -> str:
        return value.isoformat()


register_converter(_Day, "day")

urlpatterns = [
    path("", documents.home, name="home"),
    path("anmelden/", signing_in.sign_in, name="sign_in"),
    path("abmelden/", signing_in.sign_out, name="sign_out"),
    path("sprache/", signing_in.language, name="language"),
    path("dokumente/", documents.listing, name="documents"),
    path("dokumente/neu/", documents.new, name="document_new"),
    path("dokumente/import/", imports.upload, name="import"),
    path("dokumente/etiketten.pdf", documents.label_sheet, name="label_sheet"),
    path("dokumente/<uuid:key>/", documents.one, name="document"),
    path("dokumente/<uuid:key>/weiter/", documents.move_on, name="document_move"),
    path("dokumente/<uuid:key>/neuer-code/", documents.new_code, name="document_new_code"),
    path("dokumente/<uuid:key>/brief.pdf", documents.letter, name="document_letter"),
    path("dokumente/<uuid:key>/etikett.pdf", documents.label, name="document_label"),
    path("dokumente/<uuid:key>/fach/", documents.reach, name="document_reach"),
    path("faecher/", compartments.listing, name="compartments"),
    path("faecher/<slug:key>/neuer-code/", compartments.new_code, name="compartment_new_code"),
    path("faecher/<slug:key>/nachricht.eml", compartments.message, name="compartment_message"),
    path("faecher/<slug:key>/mitteilung.pdf", compartments.notice, name="compartment_notice"),
    path("faecher/<slug:key>/herausgenommen/", compartments.taken_out, name="compartment_taken_out"),
    path("faecher/<slug:key>/bestaetigt/", employees.confirm_loaded, name="compartment_confirmed"),
    path("faecher/<int:key>/in-ordnung/", employees.in_order, name="compartment_in_order"),
    path("personal/", employees.listing, name="employees"),
    path("personal/<int:key>/pin/", employees.new_pin, name="employee_pin"),
    path("personal/<int:key>/ausweis.pdf", employees.new_card, name="employee_card"),
    path("personal/<int:key>/sperren/", employees.revoke, name="employee_revoke"),
    path("sperrmuell/", bulky.days, name="bulky"),
    path("sperrmuell/gutscheine/", bulky_vouchers.listing, name="bulky_vouchers"),
    path("sperrmuell/gutscheine/<slug:key>.pdf", bulky_vouchers.one, name="bulky_voucher"),
    path("sperrmuell/auftrag/<uuid:key>/", bulky.order, name="bulky_order"),
    path("sperrmuell/auftrag/<uuid:key>/ergebnis/", bulky.result, name="bulky_result"),
    path("sperrmuell/auftrag/<uuid:key>/absagen/", bulky.call_off, name="bulky_call_off"),
    path("sperrmuell/<slug:kind>/<slug:district>/<day:day>/tour.pdf", bulky.sheet, name="bulky_sheet"),
    path("sperrmuell/<slug:kind>/<slug:district>/<day:day>/tour.csv", bulky.table, name="bulky_table"),
    path("sperrmuell/<slug:kind>/<slug:district>/<day:day>/neu/", bulky_new.new, name="bulky_new"),
    path("sperrmuell/<slug:kind>/<slug:district>/<day:day>/kapazitaet/", bulky.capacity, name="bulky_capacity"),
    path("sperrmuell/<slug:kind>/<slug:district>/<day:day>/abgeholt/", bulky.collected, name="bulky_collected"),
    path("verkauf/", sales.listing, name="sales"),
    path("verkauf/kasse/", sales.tills, name="sales_tills"),
    path("verkauf/buchungen.csv", sales.table, name="sales_table"),
    path("verkauf/preise/", tariff.listing, name="tariff"),
    path("verkauf/preise/neu/", tariff.new_price, name="tariff_new"),
    path("verkauf/preise/<int:key>/zurueck/", tariff.withdraw, name="tariff_withdraw"),
    path("verkauf/gutscheine/", tariff.vouchers, name="bag_vouchers"),
    path("verkauf/gutscheine/<slug:key>.pdf", tariff.voucher, name="bag_voucher"),
    path("verkauf/tag/<day:day>/abschliessen/", sales.close_day, name="sales_close_day"),
    path("verkauf/beleg/<slug:key>/", sales.one, name="sale"),
    path("verkauf/beleg/<slug:key>/klaeren/", sales.clear, name="sale_clear"),
    path("terminals/", kiosks.listing, name="kiosks"),
    path("terminals/neu/", kiosks.new_ticket, name="kiosk_new"),
    path("terminals/<str:key>/", kiosks.one, name="kiosk"),
    path("terminals/<str:key>/sperren/", kiosks.revoke, name="kiosk_revoke"),
    path("terminals/<str:key>/schluessel/", kiosks.new_key, name="kiosk_new_key"),
    path("klaeren/", matters.listing, name="matters"),
    path("klaeren/<int:key>/erledigt/", matters.close, name="matter_close"),
    path("nachweise/", evidence.listing, name="evidence"),
    path("nachweise/alle.txt", evidence.every, name="evidence_all"),
    path("nachweise/<day:day>.txt", evidence.one, name="evidence_day"),
    path("besuche/", visits.listing, name="visits"),
]
