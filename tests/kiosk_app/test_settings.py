"""Settings are read strictly: a slip of the pen is an error that says what was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from central_office.contract.tables import BadSettings
from kiosk_app.settings import read_settings
from offline_cache.courier import Pace
from screens.look import Format

if TYPE_CHECKING:
    from pathlib import Path

SOUND = 'terminal = "MS-01"\ndata = "data"\ntown = "town.toml"\nrig = "rig.toml"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "kiosk.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_paths_count_from_the_file(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, SOUND + '[screen]\nformat = "small"\n[office]\nca = "ca.pem"\n'))
    assert settings.data == tmp_path / "data"
    assert settings.office.ca == tmp_path / "ca.pem"
    assert settings.disk.key is None
    assert read_settings(written(tmp_path, SOUND + '[disk]\nkey = "keys/disk"\n')).disk.key == tmp_path / "keys/disk"
    assert settings.screen.format is Format.SMALL
    assert settings.session.idle_seconds == 90


def test_the_couriers_longest_pause_is_its_own_unless_the_file_says_so(tmp_path: Path) -> None:
    assert read_settings(written(tmp_path, SOUND)).office.longest_pause == Pace().longest
    shown = read_settings(written(tmp_path, SOUND + "[office]\nlongest_pause = 2.0\n"))
    assert shown.office.longest_pause == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SOUND + "[session]\nidle_second = 60\n", 'unknown key "idle_second"; did you mean "idle_seconds"?'),
        (SOUND + "[sesion]\n", 'unknown key "sesion"; did you mean "session"?'),
        ('data = "d"\ntown = "t"\nrig = "r"\n', 'the key "terminal" is missing'),
        (SOUND + "[session]\nidle_seconds = true\n", "float is expected"),
        (SOUND + '[session]\nidle_seconds = "90"\n', "float is expected"),
        (SOUND + "[session]\nwarning_seconds = 5\n", "at least 20"),
        (SOUND + "[office]\nlongest_pause = 300.0\n", "1 to 240 seconds"),
        (SOUND + '[screen]\nformat = "cinema"\n', "cinema"),
        (SOUND + "[screen]\nrotation = 45\n", "0, 90, 180 or 270"),
        (SOUND + "screen = 3\n", "a table is expected"),
        (SOUND + '[disk]\nkey = "disk.key"\nencrypted_partition = true\n', "either key or encrypted_partition"),
        ("terminal = \n", "is not TOML"),
        ("terminal = 'MS\n", "is not TOML"),
    ],
)
def test_a_slip_of_the_pen_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadSettings, match=r"kiosk\.toml") as caught:
        read_settings(written(tmp_path, text))
    assert said in str(caught.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="there is no such file"):
        read_settings(tmp_path / "kiosk.toml")
