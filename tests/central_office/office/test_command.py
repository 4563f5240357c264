"""The command `office` in processes of its own, as a technician starts it."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2
import pytest
import requests
import zxingcpp

from central_office.contract.enrolment_ticket import parse_payload
from central_office.contract.letter_code import TownKey, parse
from central_office.contract.staff_card import parse_card
from central_office.contract.stages import Stage
from tests.central_office.conftest import DATABASE
from tests.postgresql import beside

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
NOW = "2026-06-16T08:24:00Z"


def office(*words: str | Path, data: Path) -> subprocess.CompletedProcess[str]:
    """One subcommand, to its end, on the kind of database that this run is about."""
    command, *rest = map(str, words)
    if DATABASE and not (data / "office.toml").exists():
        data.mkdir(exist_ok=True)
        (data / "office.toml").write_text(f'database = "{beside(DATABASE)}"\n')
    return subprocess.run(
        [sys.executable, "-m", "central_office.cli", command, "--data", str(data), *rest],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def serving(data: Path) -> Iterator[str]:
    """The server on a free port; gives its address and ends it politely."""
    with subprocess.Popen(
        [sys.executable, "-m", "central_office.cli", "serve", "--data", str(data), "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            ready = process.stdout.readline()
            found = re.search(r"ready: (http://127\.0\.0\.1:\d+)/", ready)
            assert found, ready
            yield found[1]
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)
        assert process.returncode == 0


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The data directory and the letters of a small Musterstadt."""
    data, letters = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("letters")
    done = office("demo", "--letters", letters, "--documents", "24", "--now", NOW, data=data)
    assert done.returncode == 0, done.stderr
    assert "Sign in as weber" in done.stdout
    return data, letters


def test_the_demonstration_has_a_letter_for_every_stage(demonstration: tuple[Path, Path]) -> None:
    _, folder = demonstration
    manifest = json.loads((folder / "letters.json").read_text(encoding="utf-8"))
    staff_cards = [one for one in manifest if one["kind"] == "staff_card"]
    assert [parse_card(one["payload"].encode(), TownKey("08999001")).number for one in staff_cards]
    labels = [one for one in manifest if one["kind"] == "label"]
    assert labels
    for one in labels:
        assert set(one) == {"file", "title", "kind", "payload"}
        paper = pypdfium2.PdfDocument(folder / one["file"])
        assert paper[0].get_textpage().get_text_bounded().split() == [one["payload"], "Musterstadt"]
        paper.close()
    vouchers = [one for one in manifest if one["kind"] == "bag_voucher"]
    assert [one["title"] for one in vouchers] == ["Gutschein: 5 Windelsack", "Gutschein: 5 Gelber Sack"]
    for one in vouchers:
        with pypdfium2.PdfDocument(folder / one["file"]) as paper:
            (code,) = zxingcpp.read_barcodes(paper[0].render(scale=3).to_pil())
        assert code.text == one["payload"]
    manifest = [one for one in manifest if one not in (*staff_cards, *labels, *vouchers)]
    assert {one["stage"] for one in manifest} == {stage.value for stage in Stage}
    for one in manifest:
        assert set(one) == {
            "file", "title", "kind", "stage", "payload", "typed_number", "birth_date", "reference",
        }  # fmt: skip
        parse(one["payload"].encode(), TownKey("08999001"))
        paper = pypdfium2.PdfDocument(folder / one["file"])
        assert one["reference"] in paper[0].get_textpage().get_text_bounded()
        paper.close()


def test_a_second_demonstration_changes_nothing(demonstration: tuple[Path, Path], tmp_path: Path) -> None:
    data, folder = demonstration
    again = office("demo", "--letters", tmp_path, "--documents", "24", "--now", NOW, data=data)
    assert "they stay as they are" in again.stdout
    assert (tmp_path / "letters.json").read_text() == (folder / "letters.json").read_text()


def test_the_same_seed_makes_the_same_town(demonstration: tuple[Path, Path], tmp_path: Path) -> None:
    _, folder = demonstration
    done = office("demo", "--letters", tmp_path / "l", "--documents", "24", "--now", NOW, data=tmp_path / "d")
    assert done.returncode == 0
    one, other = ((place / "letters.json").read_text(encoding="utf-8") for place in (tmp_path / "l", folder))
    # Vouchers are signed, and each office has a key of its own.
    assert re.sub('BTG1:[^"]+', "", one) == re.sub('BTG1:[^"]+', "", other)


def test_a_technician_starts_the_office_and_meets_clear_words(demonstration: tuple[Path, Path]) -> None:
    data, _ = demonstration
    with serving(data) as address:
        with urllib.request.urlopen(f"{address}/anmelden/", timeout=10) as answer:
            page = answer.read().decode()
        assert "Musterstadt" in page
        assert requests.get(f"{address}/static/office/office.css", timeout=10).status_code == 200
        refused = requests.post(f"{address}/v1/sync", b"{}", timeout=10)
        assert (refused.status_code, refused.json()["code"]) == (401, "unknown_kiosk")
        port = address.rpartition(":")[2]
        second = office("serve", "--port", port, data=data)
        assert second.returncode == 1
        assert re.search(rf"Cannot listen on 127.0.0.1 port {port}: .*--port", second.stderr)
        ticket = office("enrol-token", "--site", "Foyer", "--office", address, "--json", data=data)
        told = json.loads(ticket.stdout)
        assert parse_payload(told["payload"].encode()).typed == told["token"]
        key = "A" * 43
        enrolled = requests.post(f"{address}/v1/enrol", json={"token": told["token"], "public_key": key}, timeout=10)
        assert enrolled.json()["device"] == "MS-01"
    assert "MS-01) is revoked" in office("revoke", "MS-01", data=data).stdout
    unknown = office("revoke", "MS-09", data=data)
    assert (unknown.returncode, "Known: MS-01" in unknown.stderr) == (1, True)


def test_an_import_tells_the_line_of_every_bad_row(demonstration: tuple[Path, Path], tmp_path: Path) -> None:
    data, _ = demonstration
    file = tmp_path / "new.csv"
    file.write_text("kind;number;birth_date;holder\npassport;L01XCF7GK;1990-12-31;Nowak, Jan\npassport;x;y;z\n")
    done = office("import", file, data=data)
    assert done.returncode == 1
    assert "1 new, 0 moved, 0 changed, 0 unchanged, 1 refused." in done.stdout
    assert done.stderr.startswith(f"{file}:3: ")


def test_a_letter_is_written_for_a_reference(demonstration: tuple[Path, Path], tmp_path: Path) -> None:
    data, _ = demonstration
    assert office("letter", "MS-26-00001", "-o", tmp_path / "one.pdf", data=data).returncode == 0
    assert (tmp_path / "one.pdf").read_bytes().startswith(b"%PDF")
    missing = office("letter", "MS-26-99999", "-o", tmp_path / "two.pdf", data=data)
    assert (missing.returncode, "no document MS-26-99999" in missing.stderr) == (1, True)


def test_djangos_own_commands_are_at_hand(demonstration: tuple[Path, Path]) -> None:
    data, _ = demonstration
    assert "documents" in office("manage", "tidy", data=data).stdout
    missing = office("manage", "makemigrations", "--check", "--dry-run", data=data)
    assert missing.returncode == 0, missing.stdout


def test_a_misspelt_setting_ends_the_command_with_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "office.toml").write_text("thread = 4\n")
    done = office("serve", "--port", "0", data=tmp_path)
    assert done.returncode == 1
    assert done.stderr == f"office: {tmp_path}/office.toml: unknown key 'thread'. Did you mean 'threads'?\n"


def test_a_database_that_is_not_there_is_told_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound, never listening: connections are refused
        port = nobody.getsockname()[1]
        (tmp_path / "office.toml").write_text(f'database = "postgresql://x@127.0.0.1:{port}/x"\n')
        done = office("serve", "--port", "0", data=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("office: The database does not answer")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "command", ["serve", "manage", "town", "demo", "import", "letter", "enrol-token", "revoke", "audit"]
)
def test_every_command_explains_itself(command: str, tmp_path: Path) -> None:
    done = office(command, "--help", data=tmp_path)
    assert (done.returncode, "--data DIR" in done.stdout) == (0, True)
