"""A kiosk that sells bags, and the town's tariff in the books."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from central_office.contract.tariff import tariff_beside
from central_office.office import here
from central_office.office.bulky.voucher_key import voucher_key
from central_office.office.line.enrolment import new_ticket
from central_office.office.sales import tariff_book
from tests.central_office.conftest import HOME, MORNING, ROOT, signed_in
from tests.central_office.kiosk_end import Answer, KioskEnd, said

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from central_office.contract.tariff import Tariff
    from central_office.office.models import Town

TARIFF_FILE: Path = tariff_beside(ROOT / "town" / "musterstadt.toml")
CENTS = {"residual": 350, "bio": 300, "nappy": 0, "yellow": 0}
ARTICLES = {"residual": "residual-60", "bio": "bio-120", "nappy": "nappy", "yellow": "yellow"}
COLUMNS = {"residual": 1, "bio": 2, "nappy": 3, "yellow": 4}


@dataclass
class Till:
    """A kiosk's side of sales: it tells, and the office hears."""

    end: KioskEnd
    sold: int = 0
    results: list[str] = field(default_factory=list)

    def tells(self, kind: str, body: dict[str, Any]) -> str:
        """One command, synced; what became of it."""
        answer: Answer = self.end.sync([self.end.command(body, type_=kind)])
        assert answer.status_code == 200, answer.content
        (result,) = said(answer)["results"]
        return str(result.get("code") or result["r"])

    def sells(self, wanted: dict[str, int], ending: str = "paid", **more: Any) -> str:  # noqa: ANN401 - fields of a command
        """A sale; `issued` names what came out if that is not all of it. The sale's identifier."""
        self.sold += 1
        issued = more.pop("issued", wanted)
        asked = sum(CENTS[key] * count for key, count in wanted.items())
        worth = sum(CENTS[key] * count for key, count in issued.items())
        body: dict[str, Any] = {
            "sale": f"{self.end.device}-sale-{self.sold}",
            "purpose": "bags",
            "began": (MORNING - timedelta(minutes=5)).isoformat(),
            "lines": [
                {
                    "product": key,
                    "article": ARTICLES[key],
                    "year": 2026,
                    "cents": CENTS[key],
                    "wanted": count,
                    "issued": issued.get(key, 0),
                }
                for key, count in wanted.items()
            ],
            "columns": [{"column": COLUMNS[key], "pieces": count} for key, count in issued.items()],
            "asked": asked,
            "charged": worth,
            "ending": ending,
            "receipt": 100 + self.sold,
            "terminal": "65001234",
            "card": "girocard",
        } | more
        self.results.append(self.tells("sale.ended", body))
        return str(body["sale"])

    def fills(self, product: str, pieces: int, *, before: int = 0, column: int | None = None, year: int = 2026) -> str:
        """Staff fills a column."""
        return self.tells(
            "bags.refilled",
            {
                "column": column or COLUMNS[product],
                "article": ARTICLES[product],
                "year": year,
                "before": before,
                "pieces": pieces,
                "counted": True,
                "employee": "1001",
            },
        )

    def closes(self, amount: int | None, expected: int, count: int = 1, **more: Any) -> str:  # noqa: ANN401 - same
        """The terminal's end of day."""
        body = {
            "closed_at": datetime(2026, 6, 16, 22, 1, tzinfo=UTC).isoformat(),
            "terminal": "65001234",
            "amount": amount,
            "count": None if amount is None else count,
            "tallies": [{"card": "girocard", "count": count, "amount": amount or 0}],
            "first_receipt": 101,
            "last_receipt": 199,
            "expected_amount": expected,
            "expected_count": count,
        }
        return self.tells("till.closed", body | more)


@pytest.fixture
def tariff(town: Town) -> Tariff:
    """Musterstadt's tariff, taken in."""
    key = voucher_key(HOME).public_key().public_bytes_raw()
    return tariff_book.take_in(town, TARIFF_FILE.read_text(encoding="utf-8"), key, MORNING)


@pytest.fixture
def tills(tariff: Tariff) -> Callable[[], Till]:
    """Makes kiosks that sell."""

    def make() -> Till:
        end = KioskEnd(Client())
        ticket = new_ticket("Foyer", "http://testserver", "Demir", here.now())
        assert end.enrol(ticket.typed).status_code == 200
        return Till(end)

    return make


@pytest.fixture
def till(tills: Callable[[], Till]) -> Till:
    """The kiosk in the foyer."""
    return tills()


@pytest.fixture
def head(town: Town) -> Client:
    """A browser in which an admin is signed in."""
    return signed_in("leitung", "admin")
