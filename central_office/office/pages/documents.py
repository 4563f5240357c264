"""Documents: the list, one document with its history and its legal next steps, new ones, letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from central_office.contract.staff import MAX_TO_LOAD
from central_office.contract.stages import READY_STAGES, DocumentKind, Stage
from central_office.office import here, letters, lifecycle
from central_office.office.employees import labels, loading
from central_office.office.models import Document, Place, StaffNote
from central_office.office.pages.forms import MoveForm, NewDocumentForm, ReachForm, SearchForm
from central_office.office.roles import StaffRole, only, roles_of
from central_office.office.words import MOVES, STAGES

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
    from django.http import HttpRequest

_PER_PAGE = 25
_ASKS_TERMS = READY_STAGES | {Stage.SHIPPED_TO_OFFICE, Stage.IN_PRODUCTION, Stage.SENT_TO_PRODUCER}
_GRAVE = frozenset({Stage.CANCELLED, Stage.DESTROYED, Stage.LOST_IN_TRANSIT})


def staff_name(user: AbstractBaseUser | AnonymousUser) -> str:
    """How histories name a member of staff."""
    full: str = user.get_full_name() if hasattr(user, "get_full_name") else ""
    return full or user.get_username()


def home(request: HttpRequest) -> HttpResponse:
    """Everybody's first page: what their role works on."""
    mine = roles_of(request.user)
    if request.user.is_authenticated and StaffRole.CLERK not in mine and StaffRole.TECHNICIAN in mine:
        return redirect("kiosks")
    return redirect("documents")


@only(StaffRole.CLERK)
def listing(request: HttpRequest) -> HttpResponse:
    """All documents, or those that were searched for.

    The search is kept in the session and not in the address: names must not stand in a proxy's log.
    """
    if request.method == "POST":
        form = SearchForm(request.POST)
        request.session["search"] = form.cleaned_data if form.is_valid() else {}
        return redirect("documents")
    search: dict[str, str] = request.session.get("search", {})
    found = Document.objects.select_related("place")
    if words := search.get("words", ""):
        number = "".join(words.upper().split()).replace("-", "")
        match = Q(holder__icontains=words) | Q(reference__icontains=words)
        found = found.filter(match | Q(number__startswith=number[:9]) if len(number) >= 4 else match)
    if stage := search.get("stage", ""):
        found = found.filter(stage=stage)
    counts = dict(Document.objects.order_by().values_list("stage").annotate(Count("pk")))
    now = here.now()
    overdue = Document.objects.filter(stage__in=[one.value for one in READY_STAGES], collect_until__lt=now.date())
    return render(
        request,
        "office/documents.html",
        {
            "page": Paginator(found, _PER_PAGE).get_page(request.GET.get("seite")),
            "form": SearchForm(search),
            "searched": bool(search.get("words") or search.get("stage")),
            "total": sum(counts.values()),
            "ready": sum(counts.get(one.value, 0) for one in READY_STAGES),
            "arrived": counts.get(Stage.ARRIVED.value, 0) + counts.get(Stage.RETURNED_TO_OFFICE.value, 0),
            "overdue": overdue.count(),
            "to_load": loading.to_load().count(),
            "lost": counts.get(Stage.LOST_IN_TRANSIT.value, 0),
            "now": now,
        },
    )


@only(StaffRole.CLERK)
def one(request: HttpRequest, key: UUID) -> HttpResponse:
    """One document: what it is, where it was, what may come next."""
    document = get_object_or_404(Document.objects.select_related("place"), pk=key)
    return _show(request, document)


@only(StaffRole.CLERK)
@require_POST
def move_on(request: HttpRequest, key: UUID) -> HttpResponse:
    """Move a document as the page showed it; a colleague may have been faster."""
    document = get_object_or_404(Document, pk=key)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _show(request, document, status=400, problem=_("Diesen Schritt gibt es nicht. Prüfen Sie die Daten."))
    document.stage = form.cleaned_data["seen"]  # what the colleague saw when pressing the button
    terms = lifecycle.Terms(
        form.cleaned_data["place"], form.cleaned_data["collect_until"], form.cleaned_data["expected_on"]
    )
    to = Stage(form.cleaned_data["to"])
    try:
        lifecycle.move(document, to, staff_name(request.user), here.now(), terms)
    except lifecycle.MovedMeanwhile as faster:
        problem = _("Jemand war schneller: Das Dokument ist jetzt „%s“. Es wurde nichts geändert.") % STAGES[faster.now]
        return _show(request, _fresh(key), status=409, problem=problem)
    except lifecycle.IllegalMove:
        problem = _("Dieser Schritt ist von hier aus nicht möglich. Es wurde nichts geändert.")
        return _show(request, _fresh(key), status=409, problem=problem)
    messages.success(request, _("Gebucht: %s.") % STAGES[to])
    return redirect("document", key=key)


@only(StaffRole.CLERK)
def new(request: HttpRequest) -> HttpResponse:
    """Take a new document into the books."""
    form = NewDocumentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        application = lifecycle.Application(
            kind=DocumentKind(form.cleaned_data["kind"]),
            number=form.cleaned_data["number"],
            birth_date=form.cleaned_data["birth_date"],
            holder=form.cleaned_data["holder"],
            expected_on=form.cleaned_data["expected_on"],
            reach=form.cleaned_data["reach"],
        )
        try:
            document = lifecycle.register(application, staff_name(request.user), here.now())
        except lifecycle.NumberTaken:
            form.add_error("number", _("Diese Nummer ist schon in den Büchern. Suchen Sie nach ihr."))
        else:
            messages.success(request, _("Das Dokument ist aufgenommen. Drucken Sie jetzt den Brief."))
            return redirect("document", key=document.pk)
    return render(request, "office/document_new.html", {"form": form}, status=400 if form.errors else 200)


@only(StaffRole.CLERK)
@require_POST
def new_code(request: HttpRequest, key: UUID) -> HttpResponse:
    """Make the letter's code void and give a new one."""
    document = get_object_or_404(Document, pk=key)
    now = here.now()
    lifecycle.reissue(document, now)
    note(request, f"new letter code for {document.reference}")
    messages.success(request, _("Der alte Code gilt nicht mehr. Drucken Sie jetzt den neuen Brief."))
    return redirect("document", key=key)


@only(StaffRole.CLERK)
def letter(request: HttpRequest, key: UUID) -> HttpResponse:  # noqa: ARG001  # the guard has looked at it
    """The letter as PDF."""
    document = get_object_or_404(Document, pk=key)
    town = lifecycle.the_town()
    today = here.now().astimezone(ZoneInfo(town.time_zone)).date()
    response = HttpResponse(letters.write(document, town, today), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="brief-{document.reference.replace("/", "-")}.pdf"'
    return response


@only(StaffRole.CLERK)
@require_POST
def reach(request: HttpRequest, key: UUID) -> HttpResponse:
    """Note whether the holder needs a compartment within reach."""
    document = get_object_or_404(Document, pk=key)
    form = ReachForm(request.POST)
    form.is_valid()  # a box is ticked or it is not
    if form.cleaned_data["reach"] != document.reach:
        loading.set_reach(document, reach=form.cleaned_data["reach"])
        note(request, f"kind of compartment for {document.reference}")
    messages.success(request, _("Gespeichert. Es gilt, wenn das Dokument in ein Fach gelegt wird."))
    return redirect("document", key=key)


@require_safe
@only(StaffRole.CLERK)
def label(request: HttpRequest, key: UUID) -> HttpResponse:
    """The label to scan at the kiosk, as PDF."""
    document = loading.to_load().filter(pk=key).first()
    if document is None:
        get_object_or_404(Document, pk=key)
        messages.error(request, _("Ein Etikett bekommt, was im Amt liegt und in ein Fach gelegt werden kann."))
        return redirect("document", key=key)
    return _printed(
        labels.label_pdf(document, lifecycle.the_town()), f"etikett-{document.reference.replace('/', '-')}.pdf"
    )


@require_safe
@only(StaffRole.CLERK)
def label_sheet(request: HttpRequest) -> HttpResponse:
    """The labels of everything that can be laid into a compartment, as PDF."""
    waiting = list(loading.to_load()[:MAX_TO_LOAD])
    if not waiting:
        messages.error(request, _("Kein Dokument wartet darauf, in ein Fach gelegt zu werden."))
        return redirect("documents")
    return _printed(labels.sheet_pdf(waiting, lifecycle.the_town()), "etiketten.pdf")


def _printed(pdf: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def note(request: HttpRequest, what: str) -> None:
    """Write down what a member of staff did; never personal data of citizens."""
    user: Any = request.user
    StaffNote.objects.create(at=here.now(), by=user, name=staff_name(user), what=what)


def _fresh(key: UUID) -> Document:
    return Document.objects.select_related("place").get(pk=key)


def _show(request: HttpRequest, document: Document, status: int = 200, problem: str = "") -> HttpResponse:
    steps = [
        {"to": stage.value, "words": MOVES[stage], "terms": stage in _ASKS_TERMS, "grave": stage in _GRAVE}
        for stage in lifecycle.next_stages(document)
    ]
    return render(
        request,
        "office/document.html",
        {
            "document": document,
            "history": document.history.order_by("-id"),
            "steps": [step for step in steps if not step["grave"]],
            "grave_steps": [step for step in steps if step["grave"]],
            "places": Place.objects.all(),
            "loadable": loading.to_load().filter(pk=document.pk).exists(),
            "needs_terms": any(step["terms"] for step in steps),
            "problem": problem,
        },
        status=status,
    )
