"""The screen's speed and memory: `python -m tests.bench.bench_screen` prints table rows.

The first frame is timed from the start of the process `kiosk run` to its READY=1 (sd_notify) under Xvfb, beside a stock
Kivy app with the same content; taps are measured with Kivy's mock GL, so that the software renderer is left out.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parents[2]
STARTS = 9
TAPS = 100
IDLE_SECONDS = 5

KIOSK = """
terminal = "MS-02"
data = "data"
town = "{root}/town/musterstadt.toml"
rig = "rig.toml"
"""


@contextlib.contextmanager
def display() -> Iterator[str]:
    """A virtual display of its own, as large as the portrait panel."""
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1080x1920x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout is not None
        yield f":{server.stdout.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


def memory_of(pid: int, name: str) -> float:
    """A line of /proc/PID/status in megabytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    raise LookupError(name)


def processor_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def first_frame(command: Sequence[str], screen: str, home: Path) -> tuple[float, float, float]:
    """Milliseconds to the first frame, milliseconds of processor time until then, megabytes resident."""
    address = home / "notify"
    address.unlink(missing_ok=True)
    environment = os.environ | {
        "DISPLAY": screen,
        "KIVY_HOME": str(home / "kivy"),
        "KIVY_NO_ARGS": "1",
        "NOTIFY_SOCKET": str(address),
    }
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(address))
        line.settimeout(60)
        began = time.perf_counter()
        child = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            line.recv(64)
            taken = time.perf_counter() - began
            return taken * 1000, processor_seconds(child.pid) * 1000, memory_of(child.pid, "VmRSS")
        finally:
            child.terminate()
            child.wait()


def start_rows() -> Iterator[str]:
    """Ours beside the stock app, started in turns."""
    ours: list[tuple[float, float, float]] = []
    stock: list[tuple[float, float, float]] = []
    with tempfile.TemporaryDirectory() as folder, display() as screen:
        home = Path(folder)
        (home / "kiosk.toml").write_text(KIOSK.format(root=ROOT))
        shutil.copy(ROOT / "rigs" / "example.toml", home / "rig.toml")
        kiosk = [sys.executable, "-m", "kiosk_app.cli", "run", "--config", str(home / "kiosk.toml")]
        for _ in range(STARTS):
            ours.append(first_frame(kiosk, screen, home))
            stock.append(first_frame([sys.executable, "-m", "tests.bench.stock_kivy"], screen, home))
    yield "| process start to first frame, Xvfb | min ms | median ms | processor ms (min) | resident MB (median) |"
    yield "|---|---|---|---|---|"
    for name, runs in (("`kiosk run`", ours), ("stock Kivy, same content", stock)):
        frames, work, resident = zip(*runs, strict=True)
        yield (
            f"| {name} | {min(frames):.0f} | {statistics.median(frames):.0f} | {min(work):.0f} "
            f"| {statistics.median(resident):.0f} |"
        )


def child(mode: str) -> Any:  # noqa: ANN401 - what a measuring process printed
    """Run this module again to measure one thing without a screen."""
    environment = os.environ | {"SDL_VIDEODRIVER": "offscreen", "KIVY_GL_BACKEND": "mock"}
    command = [sys.executable, "-m", "tests.bench.bench_screen", "--measure", mode]
    run = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    return json.loads(run.stdout)


def measure_taps() -> list[float]:  # noqa: PLR0915 - one walk
    """Milliseconds from the finger leaving a key to the next page drawn, through a real `Show` and session thread."""
    import gc  # noqa: PLC0415
    import threading  # noqa: PLC0415

    from kiosk_app.main import OBJECTS_OF_A_VISIT  # noqa: PLC0415
    from screens.entry import Entry  # noqa: PLC0415
    from screens.look import Format, Look  # noqa: PLC0415
    from screens.present import load, present  # noqa: PLC0415
    from screens.show import IdleRules, Show  # noqa: PLC0415
    from screens.stage import Abandoned, Ending, Stage  # noqa: PLC0415
    from tests.screens import samples  # noqa: PLC0415
    from tests.screens.pictures import without_a_screen  # noqa: PLC0415

    os.environ["KCFG_GRAPHICS_MAXFPS"] = "0"
    without_a_screen()
    from kivy.base import EventLoop  # noqa: PLC0415
    from kivy.core.window import Window  # noqa: PLC0415

    from screens.views import codes  # noqa: PLC0415
    from screens.views.view import View  # noqa: PLC0415

    codes.warm()
    load()  # as the kiosk does behind its first frame
    stage, names = Stage(), ("home_all_services", "choose_way", "status_ready_counter", "not_found_number")

    def session() -> None:
        with contextlib.suppress(Abandoned):
            while True:
                for name in names:
                    stage.ask(samples.SAMPLES[name])

    def around(language: str = "de") -> Any:  # noqa: ANN401
        return samples.surroundings(language)

    show = Show(
        stage,
        lambda step, look, where, entry: present(step, look, where, entry or Entry()),
        around,
        opening=samples.SAMPLES["attract"],
        look=Look("de"),
        idle=IdleRules(),
        clock=time.monotonic,
    )
    view = View(Window.canvas, Format.PORTRAIT, show.press, show.touched)
    view.resize(1080, 1920)
    EventLoop.start()
    thread = threading.Thread(target=session)
    thread.start()
    drawn = [-1]

    def turn() -> bool:
        """One round of the main loop; whether a new page was drawn."""
        show.tick()
        changed = show.version != drawn[0]
        if changed:
            drawn[0] = show.version
            view.show(show.page, show.look, show.beneath, show.motion, time.monotonic())
        view.tick(time.monotonic())
        EventLoop.idle()
        return changed

    gc.collect()
    gc.freeze()  # as the kiosk does before it serves anybody
    gc.set_threshold(OBJECTS_OF_A_VISIT)
    keys = {"Home": "document_status", "ChooseWay": "letter", "ShowStatus": "finish", "ShowNotFound": "again"}
    taken: list[float] = []
    while len(taken) < TAPS + len(keys):
        until = time.monotonic() + 0.25
        while time.monotonic() < until:
            turn()
            time.sleep(0.002)
        spot, step = view.spot(keys[show.page.step]), show.page.step
        view.touch_down(1, *spot, time.monotonic())
        turn()
        began = time.perf_counter()
        view.touch_up(1, *spot, time.monotonic())
        while not (turn() and show.page.step != step):
            time.sleep(0)
        taken.append((time.perf_counter() - began) * 1000)
    stage.abandon(Ending.SHUTDOWN)
    thread.join()
    return taken[len(keys) :]


def measure_idle() -> dict[str, int]:
    """Frames drawn in some idle seconds, by page, through the real loop."""
    from dataclasses import replace  # noqa: PLC0415

    from screens.look import Format, Look  # noqa: PLC0415
    from screens.show import Motion  # noqa: PLC0415
    from screens.views import app  # noqa: PLC0415
    from tests.screens.pictures import page_of  # noqa: PLC0415

    pages = {
        "home": Look("de"),
        "status_ready_counter": Look("de"),
        "attract": replace(Look("de"), reduced_motion=True),
        "attract, moving": Look("de"),
    }
    frames: dict[str, int] = {}

    class Still:
        """A show that changes its page every few seconds and does nothing else."""

        motion, version, sessions_forgotten, beneath = Motion.NONE, 0, 0, None
        page, look = page_of("home", Look("de"))[0], Look("de")

        def tick(self) -> bool:
            return False

        def press(self, act: object) -> None: ...

        dimmed = False

        def touched(self) -> bool:
            return False

        def take_sighting(self) -> None: ...

    show, todo, seconds = Still(), list(pages), [0]

    def counted(*_: object) -> None:
        if seconds[0] > 1:
            frames[todo[0]] = frames.get(todo[0], 0) + 1

    def begin() -> None:
        from kivy.core.window import Window  # noqa: PLC0415

        Window.bind(on_draw=counted)

    def each_second() -> None:
        seconds[0] += 1
        if seconds[0] <= IDLE_SECONDS + 1:
            return
        frames.setdefault(todo.pop(0), 0)
        seconds[0] = 0
        if not todo:
            app.leave()
            return
        show.look = pages[todo[0]]
        show.page = page_of(todo[0].partition(",")[0], show.look)[0]
        show.version += 1

    app.run(
        show,  # type: ignore[arg-type]  # as much of a Show as the view needs
        form=Format.PORTRAIT,
        fullscreen=False,
        rotation=0,
        after_first_frame=begin,
        each_second=each_second,
    )
    return frames


def main() -> int:
    """Print the tables, or measure one thing in a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--measure", choices=["taps", "idle"])
    options = parser.parse_args()
    if options.measure:
        measured = measure_taps() if options.measure == "taps" else measure_idle()
        json.dump(measured, sys.stdout)
        return 0
    out = sys.stdout
    for row in start_rows():
        out.write(f"{row}\n")
    taps = sorted(child("taps"))
    out.write("\n| tap to next page drawn, mock GL | p50 ms | p99 ms | most ms |\n|---|---|---|---|\n")
    out.write(
        f"| {len(taps)} taps through four pages | {statistics.median(taps):.1f} "
        f"| {taps[int(len(taps) * 0.99) - 1]:.1f} | {taps[-1]:.1f} |\n"
    )
    out.write(f"\n| page at rest | frames in {IDLE_SECONDS} s |\n|---|---|\n")
    for name, count in child("idle").items():
        out.write(f"| {name.replace('_', ' ')} | {count} |\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
