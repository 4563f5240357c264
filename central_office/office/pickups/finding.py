"""Finding what a kiosk speaks of by the identifier that it says."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from central_office.office.models import Document


def document_with(identifier: str) -> Document | None:
    """The document with this identifier; None if the office has none, or it is no identifier."""
    try:
        return Document.objects.filter(pk=identifier).first()
    except (ValueError, ValidationError):
        return None
