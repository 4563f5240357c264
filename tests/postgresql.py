"""A PostgreSQL of our own, for as long as a run lasts: `python -m tests.postgresql [PYTEST ARGUMENT...]`.

Run as a program it starts one and runs pytest against it, the office's tests if nothing else is asked for. The cluster
lies in a temporary directory and speaks through a socket there and through nothing else; that directory lets nobody in
but its owner and root, so no password is asked for. Its settings are those it comes with: `fsync` and
`synchronous_commit` are on. It ends with whoever started it, be it by `kill -9`, and takes its directory with it.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

INSTALLED = Path("/usr/lib/postgresql")
"""Where Debian and Ubuntu keep every version's programs; they are on no PATH."""
OWNER = "office"
OFFICE_SUITE = ("tests/central_office/office", "tests/central_office/together")
"""The contract between kiosk and office knows no database."""
_LONGEST_SOCKET = 107
"""Bytes of a Unix socket's path, the closing zero not counted (sun_path in unix(7))."""


# Runs the server, tells it to stop when told so itself, and clears up; INT is PostgreSQL's fast shutdown.
_TIDY = """
"$@" & server=$!
trap 'kill -INT $server' TERM
while kill -0 $server 2>/dev/null; do wait $server; done
rm -rf "$0"
"""


class NoPostgresql(RuntimeError):
    """There is none to start; the sentence says what is missing."""


@dataclass(frozen=True)
class Cluster:
    """A server that answers, and which process and directory it is."""

    folder: Path
    process: int

    def address(self, name: str) -> str:
        """What stands in `office.toml` for one of its databases."""
        return f"postgresql://{OWNER}@/{name}?host={quote(str(self.folder), safe='')}"

    def make(self) -> str:
        """Make an empty database; its address."""
        return beside(self.address("postgres"))


def beside(address: str) -> str:
    """Make one more empty database on the same server; its address."""
    name = f"office_{uuid.uuid4().hex}"
    with psycopg.connect(address, autocommit=True) as asked:
        asked.execute(f"CREATE DATABASE {name}".encode())
    return urlsplit(address)._replace(path=f"/{name}").geturl()


def program(name: str) -> Path:
    """One of PostgreSQL's own programs, of the newest version that is installed.

    Raises:
        NoPostgresql: none is.
    """
    found = sorted(INSTALLED.glob(f"*/bin/{name}"), key=lambda path: int(re.sub(r"\D", "", path.parts[-3]) or 0))
    if found:
        return found[-1]
    on_path = shutil.which(name)
    if on_path is None:
        raise NoPostgresql(f"PostgreSQL's {name} is not installed: apt-get install postgresql")
    return Path(on_path)


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    """A fresh server, stopped and removed at the end.

    Raises:
        NoPostgresql: it is not installed, or does not start; what it said is in the sentence.
    """
    initdb, postgres = program("initdb"), program("postgres")
    # Not below pytest's tmp_path: a socket's path is short, and PostgreSQL's user must be let in.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        as_somebody = _unprivileged(folder)
        if len(f"{folder}/.s.PGSQL.5432") > _LONGEST_SOCKET:
            raise NoPostgresql(f"{folder} is too long for a socket; set TMPDIR to a shorter directory")
        _made(
            *as_somebody, initdb, "--pgdata", folder / "cluster", "--username", OWNER,
            "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
        )  # fmt: skip
        log = folder / "log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [
                    *("setpriv", "--pdeathsig", "TERM", *as_somebody[1:]), "sh", "-c", _TIDY, folder,
                    postgres, "-D", folder / "cluster", "-c", "listen_addresses=",
                    "-c", f"unix_socket_directories={folder}",
                ],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/", start_new_session=True,
            )  # fmt: skip
        try:
            made = Cluster(folder, process.pid)
            _wait(made, process, log)
            yield made
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(folder: Path) -> tuple[str, ...]:
    """What goes before a command: PostgreSQL refuses to run as root, so root lends it the package's own user."""
    if os.geteuid() != 0:
        return ("setpriv",)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            os.chown(folder, user.pw_uid, user.pw_gid)
            return ("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
    raise NoPostgresql("PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody")


def _made(*command: object) -> None:
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, cwd="/", timeout=120
    )
    if done.returncode:
        raise NoPostgresql(f"initdb: {done.stderr.strip() or done.stdout.strip()}")


def _wait(made: Cluster, process: subprocess.Popen[bytes], log: Path) -> None:
    began = time.monotonic()
    while True:
        try:
            psycopg.connect(made.address("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() - began > 60:
                said = log.read_text(encoding="utf-8", errors="replace").strip()
                raise NoPostgresql(f"PostgreSQL does not start: {said or error}") from error
            time.sleep(0.05)
        else:
            return


def main(arguments: Sequence[str]) -> int:
    """Run pytest against a fresh server; its exit code, or 3 if there is no server."""
    try:
        with cluster() as made:
            environment = {**os.environ, "OFFICE_TEST_DATABASE": made.make()}
            command = [sys.executable, "-m", "pytest", *(arguments or OFFICE_SUITE)]
            return subprocess.run(command, env=environment, check=False).returncode
    except NoPostgresql as problem:
        sys.stderr.write(f"tests.postgresql: {problem}\n")
        return 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
