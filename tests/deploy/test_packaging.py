"""What an installed kiosk consists of: everything the packages need at run time, and the two commands."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.catalogues import compile_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("kiosk_app", "devices", "screens", "offline_cache", "central_office")
STAYS_BEHIND = {".po", ".pot", ".pyc"}  # sources of what travels compiled


def travelling(root: Path) -> Iterator[str]:
    """Name every file that an installed kiosk must have."""
    for package in PACKAGES:
        for path in (root / package).rglob("*"):
            if path.is_file() and path.suffix not in STAYS_BEHIND:
                yield path.relative_to(root).as_posix()


def test_an_installed_kiosk_has_every_font_picture_page_and_word(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    for catalogue in source.rglob("*.po"):
        compile_catalogue(catalogue)
    built = subprocess.run(
        (sys.executable, "-c", "import setuptools.build_meta as backend; print(backend.build_wheel('..'))"),
        cwd=source,
        capture_output=True,
        text=True,
        check=True,
    )
    with zipfile.ZipFile(tmp_path / built.stdout.splitlines()[-1]) as wheel:
        packed = set(wheel.namelist())
        commands = next(name for name in packed if name.endswith("entry_points.txt"))
        assert set(wheel.read(commands).decode().split("\n")) >= {
            "kiosk = kiosk_app.cli:main",
            "office = central_office.cli:main",
        }
    assert set(travelling(source)) - packed == set()
    assert {name.split("/")[0] for name in packed if "dist-info" not in name} == set(PACKAGES)


def test_the_lock_files_pin_every_package_with_its_hash_and_name_no_address() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        words = lock.read_text(encoding="utf-8")
        assert "://" not in words
        requirements = words.replace("\\\n", "").splitlines()
        assert all("==" in line and "--hash=sha256:" in line for line in requirements)
