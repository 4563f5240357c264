"""The office's words for stages, kinds and outcomes: as staff say them, and as a letter says them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from central_office.contract.bulky import OrderKind
from central_office.contract.bulky_orders import LeftReason, OrderState
from central_office.contract.sale_words import Ending
from central_office.contract.stages import DocumentKind, Stage
from central_office.office.sales.clearing import Reason
from central_office.office.sales.days import Goods, Payment

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

KINDS: dict[DocumentKind, _StrPromise] = {
    DocumentKind.IDENTITY_CARD: _("Personalausweis"),
    DocumentKind.PASSPORT: _("Reisepass"),
    DocumentKind.RESIDENCE_PERMIT: _("Aufenthaltstitel"),
    DocumentKind.EID_CARD: _("eID-Karte"),
    DocumentKind.CHILD_PASSPORT: _("Reisepass für ein Kind"),
}

STAGES: dict[Stage, _StrPromise] = {
    Stage.APPLIED: _("Beantragt"),
    Stage.SENT_TO_PRODUCER: _("An Hersteller gesendet"),
    Stage.IN_PRODUCTION: _("In Herstellung"),
    Stage.SHIPPED_TO_OFFICE: _("Unterwegs ins Bürgeramt"),
    Stage.ARRIVED: _("Eingetroffen"),
    Stage.READY_COUNTER: _("Bereit am Schalter"),
    Stage.READY_BOX: _("Bereit im Abholfach"),
    Stage.RETURNED_TO_COUNTER: _("Zurück am Schalter"),
    Stage.HANDED_OVER: _("Ausgehändigt"),
    Stage.DIRECT_SHIP: _("Direktversand"),
    Stage.DELIVERED: _("Zugestellt"),
    Stage.AT_POST_BRANCH: _("In der Postfiliale"),
    Stage.RETURNED_TO_OFFICE: _("Von der Post zurück"),
    Stage.CANCELLED: _("Storniert"),
    Stage.DESTROYED: _("Vernichtet"),
    Stage.LOST_IN_TRANSIT: _("Auf dem Weg verloren"),
}

MOVES: dict[Stage, _StrPromise] = {
    Stage.APPLIED: _("Als beantragt führen"),
    Stage.SENT_TO_PRODUCER: _("An Hersteller senden"),
    Stage.IN_PRODUCTION: _("Herstellung melden"),
    Stage.SHIPPED_TO_OFFICE: _("Versand ins Bürgeramt melden"),
    Stage.ARRIVED: _("Eingang buchen"),
    Stage.READY_COUNTER: _("Am Schalter bereitlegen"),
    Stage.READY_BOX: _("Ins Abholfach legen"),
    Stage.RETURNED_TO_COUNTER: _("Zurück an den Schalter nehmen"),
    Stage.HANDED_OVER: _("Aushändigen"),
    Stage.DIRECT_SHIP: _("Direktversand melden"),
    Stage.DELIVERED: _("Zustellung buchen"),
    Stage.AT_POST_BRANCH: _("Lagerung in Postfiliale melden"),
    Stage.RETURNED_TO_OFFICE: _("Rücklauf der Post buchen"),
    Stage.CANCELLED: _("Stornieren"),
    Stage.DESTROYED: _("Vernichten"),
    Stage.LOST_IN_TRANSIT: _("Verlust melden"),
}

TONES: dict[Stage, str] = {
    Stage.READY_COUNTER: "ok",
    Stage.READY_BOX: "ok",
    Stage.RETURNED_TO_COUNTER: "warn",
    Stage.RETURNED_TO_OFFICE: "warn",
    Stage.ARRIVED: "warn",
    Stage.AT_POST_BRANCH: "info",
    Stage.LOST_IN_TRANSIT: "bad",
    Stage.CANCELLED: "off",
    Stage.DESTROYED: "off",
    Stage.HANDED_OVER: "done",
    Stage.DELIVERED: "done",
}
"""The tag's colour; a stage that is not listed is on its way ("info")."""

ORDER_KINDS: dict[str, _StrPromise] = {OrderKind.BULKY: _("Sperrmüll"), OrderKind.ELECTRICAL: _("Elektrogeräte")}
ORDERS: dict[str, _StrPromise] = {
    OrderState.BOOKED: _("Bestellt"),
    OrderState.CANCELLED: _("Abgesagt"),
    OrderState.COLLECTED: _("Abgeholt"),
    OrderState.PARTLY_LEFT: _("Teilweise liegen gelassen"),
    OrderState.NOT_PRESENTED: _("Nichts bereitgestellt"),
    OrderState.MISSED: _("Nicht angefahren"),
    "changed": _("Geändert"),
    "unplaced": _("Ohne Platz"),
}
ORDER_TONES: dict[str, str] = {
    OrderState.BOOKED: "ok",
    OrderState.CANCELLED: "off",
    OrderState.COLLECTED: "done",
    OrderState.PARTLY_LEFT: "warn",
    OrderState.NOT_PRESENTED: "warn",
    OrderState.MISSED: "bad",
}
LEFT: dict[str, _StrPromise] = {
    LeftReason.NOT_ORDERED: _("nicht bestellt"),
    LeftReason.NEVER_BULKY: _("kein Sperrmüll"),
    LeftReason.ELECTRICAL: _("Elektrogerät"),
    LeftReason.TOO_HEAVY: _("zu schwer"),
    LeftReason.TOO_LONG: _("zu lang"),
    LeftReason.BLOCKED: _("nicht erreichbar"),
}
SERVICES = {"document_status": _("Dokument-Status"), "collect": _("Dokument abholen")}
OUTCOMES = {
    "answered": _("Auskunft gegeben"),
    "not_found": _("Nicht gefunden"),
    "ended_by_citizen": _("Beendet"),
    "ended_idle": _("Zeit abgelaufen"),
    "locked": _("Zu viele Versuche"),
    "fault": _("Störung"),
}
CLAIMS = {"letter": _("Brief"), "number": _("Nummer"), "card": _("Ausweis"), "none": _("ohne")}
TAKEN_AWAY = {"receipt": _("Beleg"), "phone": _("Telefon")}
CODES = {
    "unknown_type": _("Diese Art von Befehl kennt das Amt nicht. Ist der Kiosk neuer als das Amt?"),
    "unknown_version": _("Diese Fassung des Befehls kennt das Amt nicht. Amt und Kiosk auf denselben Stand bringen."),
    "invalid_body": _("Der Inhalt passt nicht zum Vertrag. Bitte dem Hersteller melden."),
    "not_applicable": _("Die Datenbank nahm den Inhalt nicht an. Bitte dem Hersteller melden."),
    "scrubbed": _("Den Inhalt hat niemand mehr. Das Amt wurde aus einer zu alten Sicherung wiederhergestellt."),
    "unknown_resource": _("Dieses Kontingent gibt es im Amt nicht."),
    "unknown_reservation": _("Diese Zusage kennt das Amt nicht."),
    "reservation_known": _("Unter dieser Nummer gibt es schon eine andere Zusage."),
    "unknown_order": _(
        "Diesen Auftrag kennt das Amt nicht. Ein Bürger wollte ihn ändern; es gibt nichts mehr zu ändern."
    ),
    "order_known": _("Unter dieser Auftragsnummer gibt es schon einen anderen Auftrag."),
    "moved_on": _("Jemand änderte oder beendete den Auftrag, bevor diese Änderung ankam. Fragen Sie, was gelten soll."),
    "no_reservation": _("Für diese Abholung ist kein Platz reserviert. Finden Sie einen Tag, oder sagen Sie ab."),
    "after_sheet": _("Die Tourenliste war schon gedruckt. Sagen Sie der Mannschaft, was sich geändert hat."),
    "used_twice": _("Der Gutschein war schon für eine andere Abholung eingelöst. Klären Sie, wer ihn hat."),
    "too_late": _("Der Gutschein war am Tag der Abholung abgelaufen."),
    "unknown_pickup": _("Dieses Fach kennt das Amt nicht. Sehen Sie nach, was darin lag."),
    "pickup_known": _("Unter dieser Nummer liegt schon etwas in einem Fach."),
    "unknown_document": _("Dieses Dokument kennt das Amt nicht. Nehmen Sie es aus dem Fach."),
    "compartment_taken": _("In diesem Fach liegt nach den Büchern schon ein Dokument. Sehen Sie nach."),
    "waits_already": _("Dieses Dokument liegt nach den Büchern schon in einem Fach. Sehen Sie nach."),
    "not_here": _("Dieses Dokument kann nach den Büchern nicht in ein Fach gelegt werden. Nehmen Sie es heraus."),
    "moved_before": _("Das Dokument wurde abgeholt, war aber schon anders verbucht. Prüfen Sie seinen Verlauf."),
    "same_employee": _("Wer eingelegt hat, kann nicht selbst bestätigen. Eine zweite Person muss nachsehen."),
    "waits_no_more": _("Dieses Dokument wartet nicht mehr im Fach."),
    "loading_unclear": _("Beim Einlegen ging der Strom aus. Sehen Sie nach, ob das Dokument im Fach liegt."),
    "out_of_order": _("Am Terminal wurde ein Fach als defekt markiert."),
    "by_staff": _("am Terminal als defekt markiert"),
    "guessed": _("Der Abholcode wurde zu oft falsch eingegeben. Geben Sie einen neuen aus."),
    "kiosk_replaced": _(
        "Dieses Terminal wurde gesperrt, und Dokumente liegen in seinen Fächern. Koppeln Sie dasselbe Gerät mit seinem "
        "Speicher neu, dann gelten die Codes weiter. Sonst nehmen Sie sie heraus; die alten Codes öffnen nichts mehr."
    ),
    "many_misses": _(
        "An diesem Terminal wurden binnen einer Stunde sehr viele Abholcodes eingegeben, die nichts öffnen. Sehen Sie "
        "nach, wer dort steht, und ob eine Nachricht einen falschen Code nennt."
    ),
    "still_closed": _("Die Tür blieb zu."),
    "board_silent": _("Die Steuerung des Fachs antwortete nicht."),
    "command_late": _("Der Befehl kam zu spät zum Schloss und wurde nicht ausgeführt."),
    "door_open": _("Der Besuch brach ab; die Tür steht offen."),
    "door_closed": _("Der Besuch brach ab; die Tür ist zu."),
    "door_unknown": _("Der Besuch brach ab; die Tür meldet nichts."),
    "opened_unasked": _("Die Tür ging ohne Auftrag auf."),
    "found_open": _("Die Tür stand offen, als das Terminal anlief."),
    "left_open": _("Die Tür blieb offen."),
    "stayed_closed": _("Die Tür blieb zu, obwohl das Schloss frei war."),
    "contact_said_open": _("Der Kontakt meldete schon vorher eine offene Tür."),
    "not_signed": _("Diesen Gutschein hat das Amt nicht ausgestellt, oder sein Schlüssel ist ein anderer."),
}
CODES |= {
    "sale_known": _("Unter dieser Nummer gibt es schon einen anderen Verkauf."),
    "unknown_sale": _("Diesen Verkauf kennt das Amt nicht. Es gibt nichts zu klären."),
    "sale_unclear": _("Niemand weiß, ob die Karte belastet wurde."),
    "sale_unpaid": _("Säcke wurden ausgegeben, aber das Kartenterminal nahm das Geld nicht."),
    "fee_unpaid": _("Die Gebühr wurde angenommen, aber das Kartenterminal nahm das Geld nicht."),
    "fee_unclear_amount": _("Berechnet wurde anderes, als zu zahlen war."),
    "sale_unclear_amount": _("Berechnet wurde anderes, als ausgegeben wurde."),
    "sale_adds_up_not": _("Berechnet wurde anderes, als ausgegeben wurde."),
    "fee_back": _(
        "Eine bezahlte Abholung wurde abgesagt oder kostet weniger. Erstatten Sie, was auf ihrer Seite als "
        "zurückzugeben steht: das Terminal kann eine Zahlung von früher nicht zurückbuchen."
    ),
    "settled_otherwise": _("Das Kartenterminal sagt später anderes, als hier geklärt wurde."),
    "machine_jammed": _("Ein Sack klemmt im Automaten."),
    "machine_empty": _("Der Motor drehte, und nichts fiel."),
    "machine_turn_unclear": _("Niemand weiß, ob bei einer Drehung ein Sack fiel."),
    "machine_not_started": _("Der Motor lief nicht an."),
    "till_differs": _("Das Kartenterminal nennt einen anderen Betrag als die Bücher."),
    "till_silent": _("Das Kartenterminal nannte bei seinem Tagesabschluss keinen Betrag."),
    "bag_voucher_unknown": _("Diesen Gutschein für Säcke kennt das Amt nicht. Klären Sie, wer ihn hat."),
    "bag_voucher_overdrawn": _(
        "Auf diesen Gutschein wurden mehr Säcke ausgegeben, als er gilt. Klären Sie, wer ihn hat."
    ),
    "bag_voucher_other_bags": _("Auf diesen Gutschein wurden andere Säcke ausgegeben, als darauf stehen."),
    "bag_voucher_late": _("Der Gutschein für Säcke war am Tag der Ausgabe abgelaufen."),
}
RIGHTS = {
    "load": _("einlegen"),
    "hand_over": _("ausgeben"),
    "take_back": _("räumen"),
    "open": _("Fächer mit Grund öffnen"),
    "refill": _("Säcke nachfüllen"),
}
DEEDS = {
    "staff.signed_in": _("hat sich angemeldet"),
    "staff.signed_out": _("hat sich abgemeldet"),
    "pickup.loaded": _("hat eingelegt"),
    "pickup.confirmed": _("hat bestätigt"),
    "pickup.handed_over": _("hat ausgegeben"),
    "pickup.taken_out": _("hat herausgenommen"),
    "loading.unclear": _("wurde beim Einlegen unterbrochen"),
    "compartment.opened": _("hat geöffnet"),
    "compartment.marked": _("hat markiert"),
    "bags.refilled": _("hat Säcke nachgefüllt"),
}
"""What employees do at kiosks, by the command's type."""
DETAILS = {
    "card": _("mit Ausweis"),
    "number": _("mit Nummer"),
    "by_self": _("selbst"),
    "idle": _("nach Stille"),
    "revoked": _("gesperrt"),
    "fault": _("Terminal beendet"),
    "holder": _("an Inhaber/in"),
    "proxy": _("an Vertretung"),
    "parent": _("an Elternteil"),
    "retained": _("altes Dokument behalten"),
    "returned": _("altes Dokument gelocht zurückgegeben"),
    "lost": _("altes Dokument verloren"),
    "none": _("kein altes Dokument"),
    "in_order": _("in Ordnung"),
    "out_of_order": _("defekt"),
    "document_jammed": _("Dokument klemmt"),
    "citizen_asked": _("auf Bitte"),
    "look_inside": _("nachgesehen"),
    "cleaning": _("Reinigung"),
    "repair": _("Reparatur"),
    "other": _("anderer Grund"),
    "door_open": _("Tür offen"),
    "door_closed": _("Tür zu"),
    "door_unknown": _("Tür meldet nichts"),
}
MATTERS = {
    "rejected": _("Abgelehnter Befehl"),
    "unsettled": _("Ausgang unbekannt"),
    "unplaced": _("Zusage ohne Platz"),
    "fork": _("Zwei Geräte, ein Schlüssel"),
    "chain": _("Kette unterbrochen"),
    "late": _("Nach der Sperre gemeldet"),
    "gap": _("Befehl fehlt"),
    "altered": _("Im Amt verändert"),
    "log": _("Protokoll verändert"),
    "order": _("Abholung geändert"),
    "quota": _("Freie Abholungen überschritten"),
    "voucher": _("Gutschein passt nicht"),
    "pickup": _("Fach prüfen"),
    "locker": _("Tür eines Fachs"),
    "sale": _("Verkauf klären"),
    "till": _("Kasse stimmt nicht"),
    "stock": _("Säcke gehen aus"),
}
ADVICE = {
    "pickup": _("Der Code ist verbraucht oder gesperrt. Sehen Sie im Fach nach, ob das Dokument noch darin liegt."),
    "locker": _("Eine Tür ging ohne Auftrag auf, blieb offen oder klemmt. Sehen Sie am Terminal nach."),
    "unsettled": _("Am Terminal wurde etwas begonnen, und kein Gerät weiß, wie es ausging. Sehen Sie am Gerät nach."),
    "unplaced": _("Jemand bekam eine Zusage, für die es keinen Platz mehr gibt. Finden Sie einen, oder sagen Sie ab."),
    "fork": _("Sperren Sie das Terminal, und koppeln Sie das richtige Gerät neu."),
    "late": _("Das Terminal war schon gesperrt; es wurde nichts gebucht. Prüfen Sie, ob eine Zusage offen ist."),
    "chain": _("Prüfen Sie, ob jemand den Speicher des Geräts verändert hat."),
    "gap": _("Ein Befehl dieses Terminals fehlt. „office audit verify“ sagt, wo er fehlt und was zu tun ist."),
    "altered": _("Gespeichert ist anderes, als das Terminal schickte. Prüfen Sie, wer die Datenbank ändern kann."),
    "log": _("Das Protokoll des Terminals geht nicht weiter, wo es war. Sehen Sie nach, wer am Gerät war."),
    "sale": _("Sehen Sie sich den Verkauf an, und vergleichen Sie mit der Liste des Kartenanbieters."),
    "till": _("Der Kassenbericht nennt die Verkäufe, die es erklären können."),
    "stock": _("Füllen Sie die Säcke am Terminal nach."),
    "quota": _(
        "Ein Haushalt bekam mehr freie Abholungen zugesagt, als er hat. Die Abholung bleibt; klären Sie den Preis."
    ),
}
"""What a person is to do; for a rejected command the reason in `CODES` says it."""
SAYS_ALL = frozenset({"many_misses", "kiosk_replaced", "fee_back"})
"""Codes whose words say what to do as well."""


SALES: dict[str, _StrPromise] = {
    Ending.PAID: _("bezahlt"),
    Ending.PART: _("teilweise ausgegeben und bezahlt"),
    Ending.FREE: _("mit Gutschein"),
    Ending.DECLINED: _("Karte abgelehnt"),
    Ending.ABORTED: _("abgebrochen"),
    Ending.REVERSED: _("zurückgebucht"),
    Ending.UNCLEAR: _("unklar"),
    Ending.UNPAID: _("nicht bezahlt"),
    "bags": _("Säcke"),
    "bulky_fee": _("Sperrmüllgebühr"),
    "permit": _("Parkausweis"),
    "jammed": _("Sack klemmt"),
    "empty": _("Fach leer"),
    "turn_unclear": _("Drehung unklar"),
    "not_started": _("Motor lief nicht an"),
    "terminal_silent": _("Kartenterminal schweigt"),
    "not_taken": _("Geld nicht genommen"),
    "not_given_back": _("zu viel Geld nicht zurückgegeben"),
    "amount_differs": _("Betrag weicht ab"),
    "too_slow": _("Ausgabe zu langsam"),
    "stopped": _("Terminal beendet"),
    "power_cut": _("Strom fiel aus"),
    "terminal_cannot_tell": _("Kartenterminal kann es nicht sagen"),
    "other_payment": _("Kartenterminal nennt eine andere Zahlung"),
    "other_terminal": _("Kartenterminal wurde getauscht"),
    "host_refused": _("vom Kartenanbieter abgelehnt"),
    "card_unreadable": _("Karte nicht lesbar"),
    "card_blocked": _("Karte gesperrt"),
    "card_not_valid": _("Karte ungültig"),
    "credit_too_low": _("Guthaben zu klein"),
    "no_connection": _("Kartenterminal ohne Verbindung"),
}
REASONS: dict[str, _StrPromise] = {
    Reason.CHARGED: _("Die Karte wurde belastet (Liste des Kartenanbieters)"),
    Reason.NOT_CHARGED: _("Die Karte wurde nicht belastet"),
    Reason.REFUNDED: _("Belastet, und das Geld wurde erstattet"),
    Reason.PAID_LATER: _("Auf anderem Weg bezahlt"),
    Reason.WRITTEN_OFF: _("Nicht einzubringen, ausgebucht"),
}
PAYMENTS: dict[Payment, _StrPromise] = {
    Payment.MATCHED: _("Abgeglichen"),
    Payment.WAITING: _("Noch offen"),
    Payment.OVERDUE: _("Nicht abgerechnet"),
    Payment.TILL_DIFFERS: _("Kasse weicht ab"),
    Payment.REVERSED: _("Zurückgebucht"),
    Payment.DECLINED: _("Abgelehnt"),
    Payment.ABORTED: _("Abgebrochen"),
    Payment.FREE: _("Keine Zahlung"),
    Payment.UNCLEAR: _("Unklar"),
    Payment.UNPAID: _("Nicht bezahlt"),
    Payment.CLEARED: _("Geklärt"),
}
PAYMENT_TONES: dict[Payment, str] = {
    Payment.MATCHED: "ok",
    Payment.WAITING: "info",
    Payment.OVERDUE: "warn",
    Payment.TILL_DIFFERS: "warn",
    Payment.REVERSED: "back",
    Payment.DECLINED: "off",
    Payment.ABORTED: "off",
    Payment.FREE: "off",
    Payment.UNCLEAR: "bad",
    Payment.UNPAID: "bad",
    Payment.CLEARED: "done",
}
GOODS: dict[Goods, _StrPromise] = {
    Goods.ALL: _("Ausgegeben"),
    Goods.SOME: _("Teilweise"),
    Goods.NONE: _("Nicht ausgegeben"),
    Goods.NEVER: _("Keine"),
    Goods.A_FEE: _("Gebühr"),
}
GOODS_TONES: dict[Goods, str] = {
    Goods.ALL: "ok",
    Goods.SOME: "warn",
    Goods.NONE: "bad",
    Goods.NEVER: "off",
    Goods.A_FEE: "done",
}
PRICE_PROBLEMS: dict[str, _StrPromise] = {
    "too_late": _("Was schon gilt oder galt, bleibt. Wählen Sie einen Tag ab morgen."),
    "not_sold": _("Dieses Produkt wird nicht verkauft."),
    "no_such_price": _("Diesen Preis gibt es nicht mehr."),
    "no_price": _("Das ist kein Preis, oder es sind schon zu viele in den Büchern. Prüfen Sie Betrag und Tag."),
}
