"""The device table in the documentation knows every driver, key and simulator."""

from __future__ import annotations

from pathlib import Path

import pytest

from devices.conditions import Need, Soon
from devices.drivers import DRIVERS

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs" / "devices.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda driver: driver.name)
def test_every_driver_has_a_row_with_its_keys_and_a_simulator(driver: object) -> None:
    known = next(each for each in DRIVERS if each == driver)
    (row,) = (line for line in TABLE.splitlines() if line.startswith(f"| `{known.role.name}` | `{known.name}` |"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[2] == ", ".join(f"`{key}`" for key in known.options)
    assert (ROOT / cells[4].split("`")[1]).is_file()


@pytest.mark.parametrize("word", [*Soon, *(need for need in Need if need is not Need.CLEAN_OR_FOCUS)])
def test_every_condition_that_a_driver_reports_is_explained(word: Soon | Need) -> None:
    assert f"({word.name})" in TABLE
