"""What an installed kiosk consists of: everything the packages need at run time, and the two commands."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.catalogues import compile_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("kiosk_app", "logbook", "devices", "screens", "offline_cache", "central_office")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
STAYS_BEHIND = {".pot", ".pyc"}


def name_in(requirement: str) -> str:
    """Name the package that a requirement is about, as the index spells it."""
    return re.split(r"[^A-Za-z0-9_.-]", requirement, maxsplit=1)[0].lower().replace("_", "-")


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


def imported(package: Path) -> Iterator[str]:
    """Name every module that a package's code imports from elsewhere, at whatever depth."""
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
                yield node.module.split(".")[0]


def test_the_kiosk_runs_on_what_it_declares_and_not_on_what_only_tests_install() -> None:
    declared = {name_in(words) for words in PROJECT["project"]["dependencies"]}
    modules = {name for package in PACKAGES for name in imported(ROOT / package)}
    foreign = modules - sys.stdlib_module_names - set(PACKAGES)
    origins = importlib.metadata.packages_distributions()
    undeclared = {
        module: origins.get(module, ["nothing installed"])
        for module in foreign
        if declared.isdisjoint(name.lower().replace("_", "-") for name in origins.get(module, []))
    }
    assert undeclared == {}


def test_the_lock_files_pin_every_package_with_its_hash_and_name_no_address() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        words = lock.read_text(encoding="utf-8")
        assert "://" not in words
        requirements = words.replace("\\\n", "").splitlines()
        assert all("==" in line and "--hash=sha256:" in line for line in requirements)


def test_whoever_added_a_dependency_wrote_the_locks_anew() -> None:
    groups = PROJECT["dependency-groups"]
    run_time = [*PROJECT["project"]["dependencies"], *groups["build"]]
    for lock, wanted in (("kiosk", run_time), ("dev", [*run_time, *groups["dev"]])):
        words = (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")
        locked = set(re.findall(r"^([a-z0-9-]+)==", words, re.MULTILINE))
        assert {name_in(requirement) for requirement in wanted} - locked == set(), "run requirements/lock"
