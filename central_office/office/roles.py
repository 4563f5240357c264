"""What members of staff may do: clerks see to documents, technicians to kiosks, admins to both and to imports."""

from __future__ import annotations

from enum import StrEnum
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group, User
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import render

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class StaffRole(StrEnum):
    """A group of staff; the value is the group's name."""

    CLERK = "clerk"
    TECHNICIAN = "technician"
    ADMIN = "admin"


def make_groups() -> None:
    """Make sure that every role has its group."""
    for role in StaffRole:
        Group.objects.get_or_create(name=role.value)


def roles_of(user: AbstractBaseUser | AnonymousUser) -> frozenset[StaffRole]:
    """The roles of one member of staff; an admin has all of them."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    named = {StaffRole(name) for name in user.groups.values_list("name", flat=True) if name in set(StaffRole)}
    return frozenset(StaffRole) if StaffRole.ADMIN in named or user.is_superuser else frozenset(named)


_Rest = ParamSpec("_Rest")


def only(
    role: StaffRole,
) -> Callable[
    [Callable[Concatenate[HttpRequest, _Rest], HttpResponse]],
    Callable[Concatenate[HttpRequest, _Rest], HttpResponse],
]:
    """A page for `role` alone: strangers are sent to sign in, colleagues without the role are told whom to ask."""

    def guard(
        page: Callable[Concatenate[HttpRequest, _Rest], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, _Rest], HttpResponse]:
        @wraps(page)
        def guarded(request: HttpRequest, /, *args: _Rest.args, **kwargs: _Rest.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if role not in roles_of(request.user):
                return render(request, "office/not_allowed.html", {"needed": role.value}, status=403)
            return page(request, *args, **kwargs)

        return guarded

    return guard
