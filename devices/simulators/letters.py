"""The letters on the dock: a directory of PDFs and pictures, and `letters.json` that says what each one is.

The manifest is a list of objects with `file`, `title`, `kind` ("letter" or "phone") and, where known, `stage`,
`payload`, `typed_number`, `birth_date` and `reference`; other keys are passed on to the dock as they are.
"""

from __future__ import annotations

import io
import json
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np
import pypdfium2
import qrcode
from PIL import Image, ImageDraw

from devices.simulators.scene import Pixels, Subject, subject

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MANIFEST: Final = "letters.json"
MAX_PIXELS: Final = 40_000_000
"""An own picture may be as large as a good phone takes them, not as large as a bomb."""

_DPI: Final = 170
_LONGEST_SIDE: Final = 2400
_THUMBNAIL: Final = (320, 440)
_SUFFIXES: Final = (".pdf", ".png", ".jpg", ".jpeg")


class UnreadablePicture(ValueError):
    """The file is not a picture or PDF that can be shown; the text says why."""


@dataclass(frozen=True)
class Letter:
    """One thing to show; `told` is what the manifest tells about it."""

    name: str
    path: Path
    kind: str
    told: Mapping[str, Any]


class Letters:
    """The letters of one directory, rendered when first asked for; the manifest is read anew when it has changed."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._read_at = -1
        self._letters: dict[str, Letter] = {}
        self._subjects: dict[str, Subject] = {}
        self._thumbnails: dict[str, bytes] = {}

    def all(self) -> list[Letter]:
        """Every letter, in the manifest's order; without a manifest, every file by name."""
        with self._lock:
            self._read()
            return list(self._letters.values())

    def subject(self, name: str) -> Subject:
        """The letter as something to hold up.

        Raises:
            KeyError: no such letter.
            UnreadablePicture: its file cannot be shown.
        """
        with self._lock:
            self._read()
            letter = self._letters[name]
            if name not in self._subjects:
                page = _page(letter.path)
                self._subjects[name] = subject(_pixels(phone(page) if letter.kind == "phone" else page))
            return self._subjects[name]

    def on_phone(self, name: str) -> Subject:
        """The letter's code as its holder photographed it and shows it on her phone; raises as `subject` does."""
        with self._lock:
            self._read()
            payload = self._letters[name].told.get("payload")
        if not isinstance(payload, str):
            raise UnreadablePicture(f"{MANIFEST} gives no payload for {name!r}")
        code = qrcode.QRCode(box_size=16, border=4)
        code.add_data(payload)
        picture = code.make_image().get_image().convert("RGB").resize((620, 620), Image.Resampling.NEAREST)
        screen = Image.new("RGB", (720, 1280), (28, 30, 42))
        screen.paste(picture, (50, 300))
        return subject(_pixels(phone(screen)))

    def thumbnail(self, name: str) -> bytes:
        """The letter as a small PNG; raises as `subject` does."""
        with self._lock:
            self._read()
            letter = self._letters[name]
            if name not in self._thumbnails:
                page = _page(letter.path)
                page.thumbnail(_THUMBNAIL)
                file = io.BytesIO()
                page.save(file, "PNG")
                self._thumbnails[name] = file.getvalue()
            return self._thumbnails[name]

    def _read(self) -> None:
        if self._directory is None or not self._directory.is_dir():
            return
        manifest = self._directory / MANIFEST
        changed = (manifest if manifest.is_file() else self._directory).stat().st_mtime_ns
        if changed == self._read_at:
            return
        self._read_at = changed
        self._subjects, self._thumbnails = {}, {}
        if manifest.is_file():
            listed = json.loads(manifest.read_text(encoding="utf-8"))
        else:
            files = sorted(path for path in self._directory.iterdir() if path.suffix.lower() in _SUFFIXES)
            listed = [{"file": path.name, "title": path.stem, "kind": "letter"} for path in files]
        letters = [self._letter(entry) for entry in listed]
        self._letters = {letter.name: letter for letter in letters if letter.path.is_file()}

    def _letter(self, entry: Mapping[str, Any]) -> Letter:
        name = str(entry["file"])
        directory = self._directory
        if directory is None or "/" in name or name.startswith("."):
            raise UnreadablePicture(f"{MANIFEST}: {name!r} must be the name of a file beside it")
        return Letter(name, directory / name, str(entry.get("kind", "letter")), entry)


def own_picture(file: bytes) -> Subject:
    """A picture or PDF that somebody brought.

    Raises:
        UnreadablePicture: it is none, or too large.
    """
    if file.startswith(b"%PDF"):
        return subject(_pixels(_pdf_page(file)))
    return subject(_pixels(_opened(io.BytesIO(file))))


def phone(screen: Image.Image) -> Image.Image:
    """A screenshot on the phone that shows it."""
    screen = screen.convert("RGB")
    rim = max(screen.size) // 28
    body = Image.new("RGB", (screen.width + 2 * rim, screen.height + 4 * rim), (16, 17, 22))
    ImageDraw.Draw(body).rounded_rectangle(
        (rim // 4, rim // 4, body.width - rim // 4, body.height - rim // 4), rim, outline=(70, 72, 84), width=3
    )
    body.paste(screen, (rim, 2 * rim))
    return body


def _page(path: Path) -> Image.Image:
    if path.suffix.lower() == ".pdf":
        return _pdf_page(path.read_bytes())
    return _opened(io.BytesIO(path.read_bytes()))


def _pdf_page(file: bytes) -> Image.Image:
    try:
        document = pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        raise UnreadablePicture(f"not a PDF that can be read: {error}") from error
    try:
        page = document[0]
        wide, high = page.get_size()
        scale = min(_DPI / 72, _LONGEST_SIDE / max(wide, high, 1))
        image: Image.Image = page.render(scale=scale).to_pil().convert("RGB")
    except pypdfium2.PdfiumError as error:
        raise UnreadablePicture(f"the PDF's first page cannot be drawn: {error}") from error
    else:
        return image
    finally:
        document.close()


def _opened(file: io.BytesIO) -> Image.Image:
    try:
        with Image.open(file, formats=("PNG", "JPEG", "WEBP")) as image:
            too_large = image.width * image.height > MAX_PIXELS
            image.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
            shown = image.convert("RGB") if not too_large else image
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadablePicture(f"not a PNG, JPEG or WebP picture: {error}") from error
    if too_large:
        raise UnreadablePicture(f"the picture has more than {MAX_PIXELS} pixels")
    shown.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    return shown


def _pixels(image: Image.Image) -> Pixels:
    return np.asarray(cv2.cvtColor(np.asarray(image.convert("RGB"), np.uint8), cv2.COLOR_RGB2BGR), np.uint8)
