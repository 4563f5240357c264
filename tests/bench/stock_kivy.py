"""The attract page as a beginner would write it: stock Kivy, default configuration, widgets from the box.

Run as a process of its own by `bench_screen`, to stand beside ours; tells the socket in NOTIFY_SOCKET about its first
frame.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.config import Config

Config.set("graphics", "width", "1080")  # the panel's size; all else as it comes
Config.set("graphics", "height", "1920")

from kivy.app import App  # noqa: E402 - the configuration is read when the window is imported
from kivy.clock import Clock  # noqa: E402
from kivy.core.window import Window  # noqa: E402
from kivy.uix.boxlayout import BoxLayout  # noqa: E402
from kivy.uix.button import Button  # noqa: E402
from kivy.uix.gridlayout import GridLayout  # noqa: E402
from kivy.uix.image import Image  # noqa: E402
from kivy.uix.label import Label  # noqa: E402

from kiosk_app.watchdog import Watchdog, address_of_service_manager  # noqa: E402

TOWN = Path(__file__).resolve().parents[2] / "screens" / "assets" / "pictures" / "town-attract-portrait.png"


class StockApp(App):  # type: ignore[misc]  # Kivy has no types
    """The same content in Kivy's own widgets."""

    def build(self) -> Any:  # noqa: ANN401
        page = BoxLayout(orientation="vertical")
        head = BoxLayout(size_hint_y=0.08)
        head.add_widget(Label(text="Musterstadt\nBürgerterminal", font_size=36))
        head.add_widget(Label(text="10:24\nDienstag, 16. Juni", font_size=26))
        page.add_widget(head)
        page.add_widget(Label(text="Willkommen", font_size=96, size_hint_y=0.1))
        page.add_widget(Image(source=str(TOWN), size_hint_y=0.3))
        page.add_widget(Label(text="Das können Sie hier tun", font_size=40, size_hint_y=0.06))
        page.add_widget(Label(text="Dokument prüfen", font_size=40, size_hint_y=0.08))
        keys = GridLayout(cols=2, spacing=24, padding=48, size_hint_y=0.26)
        for words in ("Deutsch\nHier beginnen", "English\nStart here"):
            keys.add_widget(Button(text=words, font_size=56))
        page.add_widget(keys)
        bar = BoxLayout(spacing=16, padding=12, size_hint_y=0.12)
        for words in ("Deutsch", "Schrift", "Kontrast", "Vorlesen", "Tiefer", "Hilfe"):
            bar.add_widget(Button(text=words, font_size=26))
        page.add_widget(bar)
        return page

    def on_start(self) -> None:
        told = Watchdog(address_of_service_manager(), lambda: 0.0)
        Window.bind(on_draw=lambda *_: Clock.schedule_once(lambda _: told.ready(), 0))


if __name__ == "__main__":
    StockApp().run()
