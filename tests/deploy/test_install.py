"""./run and ./test on machines that lack something: each lack is told in a sentence, with what helps.

The scripts run as they are, on a PATH that holds the ordinary tools and stand-ins for apt, dpkg, sudo and Python.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = (
    "bash",
    "cat",
    "cut",
    "dirname",
    "env",
    "flock",
    "grep",
    "mkdir",
    "readlink",
    "sh",
    "sha256sum",
    "sort",
    "stat",
    "tail",
)
MISSING_ON_TRIXIE = "libgles2 libmtdev1t64"


class Machine:
    """A checkout, the commands of a fresh machine, and what was called."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "checkout"
        self.commands = folder / "bin"
        self.calls = folder / "calls"
        self.commands.mkdir()
        for name in ("deploy", "requirements"):
            shutil.copytree(ROOT / name, self.checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("run", "test", "pyproject.toml"):
            shutil.copy(ROOT / name, self.checkout / name)
        for tool in TOOLS:
            (self.commands / tool).symlink_to(shutil.which(tool) or "")
        self.has("id", "case $1 in -u) echo 1000;; *) echo tech;; esac")
        self.has("dpkg-query", "case $3 in libgles2|libmtdev*) exit 1;; *) echo installed;; esac")
        self.has("apt-cache", '[ "$3" = libmtdev1 ] || echo "Package: $3"')
        self.has("apt-get", "")
        self.has_python(self.commands / "python3", "3.13.5", suits=True)

    def has(self, name: str, script: str) -> None:
        """Put a command on the PATH that notes its call."""
        self._write(self.commands / name, f'echo "{name} $*" >> {self.calls}\n{script}')

    def has_python(self, path: Path, version: str, *, suits: bool, pip: str = "") -> None:
        """Put a Python there; `pip` is what happens when it installs."""
        path.parent.mkdir(parents=True, exist_ok=True)
        script = (
            f'echo "{path.name} $*" >> {self.calls}\n'
            f'case "$*" in *version_info*) exit {0 if suits else 1};; --version|-VV) echo "Python {version}";;\n'
            f'*"pip install"*) {pip or ":"};; "-m deploy.demonstration.before"*) echo browser;; esac'
        )
        self._write(path, script)

    def has_an_environment(self, pip: str = "") -> None:
        """Let everything be there but the locked packages."""
        self.has("dpkg-query", "echo installed")
        self.has_python(self.checkout / ".venv/bin/python", "3.13.5", suits=True, pip=pip)

    def start(self, *command: str) -> tuple[int, str]:
        """Run a script of the checkout, without a terminal; hand back its status and all it said."""
        done = subprocess.run(
            ("bash", self.checkout / command[0], *command[1:]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={"PATH": str(self.commands)},
            check=False,
        )
        return done.returncode, done.stdout

    def called(self, words: str) -> list[str]:
        """Name the calls that hold these words."""
        return [line for line in self.calls.read_text(encoding="utf-8").splitlines() if words in line]

    def _write(self, path: Path, script: str) -> None:
        path.write_text(f"#!{shutil.which('sh')}\n{script}\n", encoding="utf-8")
        path.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_help_needs_nothing_installed(machine: Machine) -> None:
    (machine.commands / "python3").unlink()
    for script in ("run", "test"):
        status, said = machine.start(script, "--help")
        assert status == 0
        assert said.startswith(f"Usage: ./{script}")
    assert not machine.calls.exists()


def test_too_old_a_python_is_told_before_anything_is_installed(machine: Machine) -> None:
    machine.has_python(machine.commands / "python3", "3.9.2", suits=False)
    status, said = machine.start("run")
    assert status == 1
    assert "This needs Python 3.11, 3.12 or 3.13; this machine has Python 3.9.2." in said
    assert machine.called("apt-get") == []


def test_a_newer_python_beside_too_old_a_one_is_taken(machine: Machine) -> None:
    machine.has_python(machine.commands / "python3", "3.9.2", suits=False)
    machine.has_python(machine.commands / "python3.12", "3.12.3", suits=True)
    _, said = machine.start("run", "--no-install")
    assert "Missing: libgles2 libmtdev1t64" in said


def test_a_wrong_option_is_told_before_anything_is_installed(machine: Machine) -> None:
    machine.has_python(machine.commands / "python3", "3.13.5", suits=True)
    script = (machine.commands / "python3").read_text(encoding="utf-8").replace("echo browser", "exit 2")
    (machine.commands / "python3").write_text(script, encoding="utf-8")
    assert machine.start("run", "--fromat")[0] == 2
    assert machine.called("apt-get") == []


def test_without_sudo_the_one_command_for_the_administrator_is_printed(machine: Machine) -> None:
    status, said = machine.start("run")
    assert status == 1
    assert "this machine has no sudo" in said
    assert f"  apt-get update && apt-get install --no-install-recommends {MISSING_ON_TRIXIE}\n" in said


def test_an_older_release_calls_a_package_by_its_older_name(machine: Machine) -> None:
    machine.has("apt-cache", '[ "$3" = libmtdev1t64 ] || echo "Package: $3"')
    assert "--no-install-recommends libgles2 libmtdev1\n" in machine.start("run")[1]


def test_a_password_for_sudo_is_not_asked_where_nobody_can_type_it(machine: Machine) -> None:
    machine.has("sudo", "exit 1")
    status, said = machine.start("run")
    assert status == 1
    assert f"sudo sh -c 'apt-get update && apt-get install --no-install-recommends {MISSING_ON_TRIXIE}'" in said


def test_only_what_is_missing_is_installed_with_sudo(machine: Machine) -> None:
    machine.has("sudo", '[ "$1" = -n ] || exec "$@"')
    machine.start("run")
    assert machine.called("apt-get install")[-1].endswith(MISSING_ON_TRIXIE)


def test_no_network_for_apt(machine: Machine) -> None:
    machine.has("sudo", '[ "$1" = -n ] || exec "$@"')
    machine.has("apt-get", '[ "$1" = update ] || { echo "E: Temporary failure resolving deb.example"; exit 100; }')
    status, said = machine.start("run")
    assert status == 1
    assert "Debian's package server can't be reached. Is this machine on the network?" in said


def test_no_network_for_pip(machine: Machine) -> None:
    machine.has_an_environment(pip="echo NewConnectionError: nobody there; exit 1")
    status, said = machine.start("run")
    assert status == 1
    assert "The Python package index can't be reached. Is this machine on the network?" in said


def test_a_package_that_is_not_what_was_locked_is_refused(machine: Machine) -> None:
    machine.has_an_environment(pip="echo THESE PACKAGES DO NOT MATCH THE HASHES; exit 1")
    status, said = machine.start("run")
    assert status == 1
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in said
    assert "pip could not install requirements/kiosk.lock" in said
    assert all("--require-hashes" in call for call in machine.called("pip install"))


def test_a_second_start_installs_nothing(machine: Machine) -> None:
    machine.has_an_environment()
    assert machine.start("run")[0] == 0
    first = machine.called("pip install")
    assert [word for call in first for word in call.split() if word.endswith(".lock")] == [
        "requirements/build.lock",  # what compiles comes before what is compiled
        "requirements/kiosk.lock",
    ]
    assert len(first) == 3
    assert machine.start("run")[0] == 0
    assert machine.called("pip install") == first
    assert machine.called("apt-get") == []
    assert len(machine.called("-m deploy.demonstration")) == 4  # the question before, and the demonstration, twice


def test_what_the_tests_installed_is_enough_for_the_demonstration(machine: Machine) -> None:
    machine.has_an_environment()
    machine.start("test", "-q")
    installed = machine.called("pip install")
    assert "requirements/dev.lock" in installed[1]
    machine.start("run")
    assert machine.called("pip install") == installed


def test_a_changed_lock_is_installed(machine: Machine) -> None:
    machine.has_an_environment()
    machine.start("run")
    with (machine.checkout / "requirements/kiosk.lock").open("a", encoding="utf-8") as lock:
        lock.write("# another\n")
    machine.start("run")
    assert len(machine.called("pip install")) == 6


def test_nothing_is_installed_if_that_was_asked_for(machine: Machine) -> None:
    machine.has_an_environment()
    status, said = machine.start("run", "--no-install")
    assert status == 1
    assert "nothing was installed, as asked for" in said
    assert machine.called("pip install") == []
