"""Why a kiosk's request is refused; the API turns it into a Problem."""

from __future__ import annotations


class Refused(Exception):
    """A request that is not answered: HTTP status, a code for machines, a sentence that says what to do."""

    def __init__(self, status: int, code: str, detail: str, retry_after: int | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.detail = detail
        self.retry_after = retry_after
