"""The Raspberry Pi's units: well-formed, shut, and starting the commands that exist."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).resolve().parents[2] / "deploy" / "raspberrypi" / "units"
HIGHEST_EXPOSURE = 15  # tenths, as systemd-analyze counts


@pytest.mark.parametrize("unit", sorted(path.name for path in UNITS.glob("*.service")))
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
def test_a_unit_is_shut(unit: str) -> None:
    judged = subprocess.run(
        ("systemd-analyze", "security", "--offline=yes", f"--threshold={HIGHEST_EXPOSURE}", "--no-pager", UNITS / unit),
        capture_output=True,
        text=True,
        check=False,
    )
    assert judged.returncode == 0, judged.stdout


def read(unit: str) -> configparser.RawConfigParser:
    words = configparser.RawConfigParser(strict=False)
    words.optionxform = str  # type: ignore[assignment]  # keys keep their capitals
    words.read(UNITS / unit, encoding="utf-8")
    return words


def test_the_screen_has_no_network_and_the_courier_no_devices() -> None:
    assert read("kiosk-ui.service")["Service"]["PrivateNetwork"] == "yes"
    assert read("kiosk-courier.service")["Service"]["PrivateDevices"] == "yes"
    assert "SupplementaryGroups" not in read("kiosk-courier.service")["Service"]


def test_the_units_start_what_the_readme_installs() -> None:
    readme = (UNITS.parent / "README.md").read_text(encoding="utf-8")
    for unit in ("kiosk-ui.service", "kiosk-courier.service"):
        program, command = read(unit)["Service"]["ExecStart"].split()[:2]
        assert Path(program).parent == Path("/opt/kiosk/bin")
        assert command in {"run", "courier"}
    assert re.search(r"venv /opt/kiosk$", readme, re.MULTILINE)


def test_the_eid_client_writes_nothing_down() -> None:
    service = read("kiosk-eid.service")["Service"]
    words = service["ExecStart"].split()
    assert {"--no-logfile", "--no-loghandler", "websocket", "127.0.0.1"} <= set(words)
    assert (service["StandardOutput"], service["StandardError"]) == ("null", "null")
    assert service["Environment"].split()[0] == "HOME=/run/kiosk-eid"
    assert (service["LimitCORE"], service["MemorySwapMax"]) == ("0", "0")
    assert "StateDirectory" not in service
    assert "kiosk-eid" in (UNITS / "kiosk.sysusers").read_text(encoding="utf-8")
    assert "kiosk-eid" in (UNITS / "kiosk-cards.rules").read_text(encoding="utf-8")
