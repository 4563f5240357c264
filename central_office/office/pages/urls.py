"""Addresses of the staff's pages."""

from __future__ import annotations

from django.urls import path

from central_office.office.pages import documents, imports, kiosks, matters, signing_in, visits

urlpatterns = [
    path("", documents.home, name="home"),
    path("anmelden/", signing_in.sign_in, name="sign_in"),
    path("abmelden/", signing_in.sign_out, name="sign_out"),
    path("sprache/", signing_in.language, name="language"),
    path("dokumente/", documents.listing, name="documents"),
    path("dokumente/neu/", documents.new, name="document_new"),
    path("dokumente/import/", imports.upload, name="import"),
    path("dokumente/<uuid:key>/", documents.one, name="document"),
    path("dokumente/<uuid:key>/weiter/", documents.move_on, name="document_move"),
    path("dokumente/<uuid:key>/neuer-code/", documents.new_code, name="document_new_code"),
    path("dokumente/<uuid:key>/brief.pdf", documents.letter, name="document_letter"),
    path("terminals/", kiosks.listing, name="kiosks"),
    path("terminals/neu/", kiosks.new_ticket, name="kiosk_new"),
    path("terminals/<str:key>/", kiosks.one, name="kiosk"),
    path("terminals/<str:key>/sperren/", kiosks.revoke, name="kiosk_revoke"),
    path("terminals/<str:key>/schluessel/", kiosks.new_key, name="kiosk_new_key"),
    path("klaeren/", matters.listing, name="matters"),
    path("klaeren/<int:key>/erledigt/", matters.close, name="matter_close"),
    path("besuche/", visits.listing, name="visits"),
]
