"""Signing in and out, and the language of the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from central_office.office import attempts, here
from central_office.office.pages.forms import SignInForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Take name and password; after five wrong ones the name rests for ten minutes."""
    form = SignInForm(request.POST or None)
    onward = request.POST.get("next") or request.GET.get("next") or reverse("home")
    if not url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure()):
        onward = reverse("home")
    status = 200
    if request.method == "POST" and form.is_valid():
        office = here.this_office()
        now = here.now()
        name = form.cleaned_data["username"].casefold()
        address = attempts.address_of(request, behind_proxy=office.behind_proxy)
        doors = ((attempts.SIGN_IN_BY_NAME, name), (attempts.SIGN_IN_BY_ADDRESS, address))
        if not all(door.open_for(who, now) for door, who in doors):
            form.add_error(None, _("Zu viele Versuche. Warten Sie zehn Minuten und versuchen Sie es dann noch einmal."))
            status = 429
        else:
            user = authenticate(request, username=form.cleaned_data["username"], password=form.cleaned_data["password"])
            if user is not None:
                attempts.SIGN_IN_BY_NAME.forgive(name)
                login(request, user)
                return redirect(onward)
            for door, who in doors:
                door.failed(who, now)
            form.add_error(None, _("Name und Passwort passen nicht zusammen. Prüfen Sie beide."))
            status = 403
    return render(request, "office/sign_in.html", {"form": form, "next": onward}, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("sign_in")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Show the pages in another language from now on."""
    code = request.POST.get("language", "")
    onward = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure()):
        onward = reverse("home")
    response = redirect(onward)
    if code in dict(settings.LANGUAGES) and check_for_language(code):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, code, max_age=31_536_000, httponly=True, samesite="Lax")
    return response
