"""What an operator loads at the office is what kiosks order by: rules and streets come with the configuration."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from central_office.contract.addresses import Located, Street
from central_office.contract.bulky import streets_beside
from central_office.contract.tariff import price, tariff_beside
from central_office.contract.town import read_town
from central_office.office import here
from central_office.office.bulky.voucher_key import voucher_key
from central_office.office.line import blobs
from central_office.office.models import Town
from central_office.office.publishing import publish_tariff, publish_town, published, streets_of
from central_office.office.sales import tariff_book
from kiosk_app.bulky import bulky_waste_of
from kiosk_app.tariff import TariffInUse, tariff_of
from offline_cache.configuration import configured
from tests.central_office.conftest import HOME, MORNING
from tests.central_office.waste import SMALL_TOWN, small_town, take_in
from tests.offline_cache.letters import visit

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.central_office.together.in_process import Machine

TOWN_FILES = Path(__file__).parents[3] / "town"


@pytest.fixture
def kiosk(machines: Callable[[str], Machine]) -> Machine:
    made = machines("foyer")
    made.settles()
    return made


def fetched(kiosk: Machine) -> None:
    kiosk.settles()
    kiosk.settles()
    kiosk.errands.go()


def test_a_kiosk_orders_by_the_rules_and_streets_that_the_office_loaded(kiosk: Machine, tmp_path: Path) -> None:
    file, folder = small_town(tmp_path), here.this_office().data / "blobs"
    digest = publish_town(folder, file)
    fetched(kiosk)
    files = configured(kiosk.place)
    assert set(files) == {"town.toml", "waste.toml", "streets.csv"}
    assert files["waste.toml"].read_text(encoding="utf-8") == SMALL_TOWN
    bulky = bulky_waste_of(kiosk.place, tmp_path / "nothing-here.toml", read_town(files["town.toml"]))
    assert bulky is not None
    assert [one.key for one in bulky.rules.district] == ["mitte"]
    assert isinstance(bulky.addresses.locate(Street("Lindenstraße"), "14"), Located)
    assert publish_town(folder, file) == digest


def test_a_new_street_reaches_kiosks_and_the_office_alike_and_other_files_stay(kiosk: Machine, tmp_path: Path) -> None:
    file, folder = small_town(tmp_path), here.this_office().data / "blobs"
    blobs.publish(folder, {"other": b"x"})
    publish_town(folder, file)
    with streets_beside(file).open("a", encoding="utf-8") as streets:
        streets.write("Neuer Weg;;Mitte\n")
    publish_town(folder, file)
    fetched(kiosk)
    assert "Neuer Weg" in configured(kiosk.place)["streets.csv"].read_text(encoding="utf-8")
    assert configured(kiosk.place)["other"].read_bytes() == b"x"
    book = streets_of(folder)
    assert book is not None
    assert Street("Neuer Weg") in book.streets


def test_a_town_that_takes_its_rules_back_offers_no_pickups(kiosk: Machine, tmp_path: Path) -> None:
    file, folder = small_town(tmp_path), here.this_office().data / "blobs"
    publish_town(folder, file)
    for one in tmp_path.glob("kleinstadt-*"):
        one.unlink()
    publish_town(folder, file)
    fetched(kiosk)
    assert set(published(folder)) == set(configured(kiosk.place)) == {"town.toml"}


def test_a_price_that_staff_set_is_what_the_kiosk_asks_for(kiosk: Machine, tmp_path: Path) -> None:
    town, folder = Town.objects.get(), here.this_office().data / "blobs"
    file = tmp_path / "kleinstadt.toml"
    for end in ("", "-tariff"):
        (tmp_path / f"kleinstadt{end}.toml").write_bytes((TOWN_FILES / f"musterstadt{end}.toml").read_bytes())
    tariff_book.take_in(town, tariff_beside(file).read_text(encoding="utf-8"), bytes(32), MORNING)
    publish_town(folder, file)
    tariff_book.set_price(town, "residual", date(2026, 6, 20), 399, "Weber", MORNING)
    publish_tariff(folder)
    fetched(kiosk)
    known = tariff_of(kiosk.place, tmp_path / "nothing-here.toml")
    assert known is not None
    running = TariffInUse(kiosk.place, tmp_path / "nothing-here.toml", known)
    assert [price(known, known.product[0], date(2026, 6, day)) for day in (19, 20)] == [350, 399]
    tariff_book.set_price(town, "residual", date(2026, 6, 20), 401, "Weber", MORNING)
    publish_tariff(folder)
    assert running() == known
    fetched(kiosk)
    assert price(running(), known.product[0], date(2026, 6, 20)) == 401, "without a new start"
    tariff_beside(file).unlink()
    tariff_book.forget(town)
    publish_town(folder, file)
    fetched(kiosk)
    assert tariff_of(kiosk.place, tmp_path / "nothing-here.toml") is None, "the town sells no bags any more"
    assert running().product == known.product, "until the next start"


def test_a_kiosk_without_an_office_reads_the_tariff_that_lies_beside_its_town(tmp_path: Path) -> None:
    known = tariff_of(tmp_path, TOWN_FILES / "musterstadt.toml")
    assert known is not None
    assert known.named("residual") is not None
    (tmp_path / "x-tariff.toml").write_text("product = 1", encoding="utf-8")
    assert tariff_of(tmp_path, tmp_path / "x.toml") is None, "its log says why"


def test_the_key_for_vouchers_comes_down_with_the_next_word(kiosk: Machine) -> None:
    assert kiosk.ledger.orders.office_key() is None
    take_in()
    kiosk.ledger.outbox.put(visit())
    kiosk.settles()
    assert kiosk.ledger.orders.office_key() == voucher_key(HOME).public_key().public_bytes_raw()
