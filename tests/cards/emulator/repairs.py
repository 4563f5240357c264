"""What Debian's card emulator (vsmartcard 3.3) needs before it runs on Python 3; its files stay as they were installed.

The package is half translated from Python 2: some texts should be bytes. Each module that is wrong is read, changed in
a few places and compiled here. If a later release writes these places otherwise, nothing is found, nothing is changed.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import re
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec

PACKAGES: Final = Path("/usr/lib/python3/site-packages/virtualsmartcard")
"""Where the package lies: a folder that no Debian Python looks into."""

Change = tuple[str, str]

_CHANGES: Final[dict[str, tuple[Change, ...]]] = {
    "TLVutils": (('return b"".join(result)', "return result"),),
    "SEutils": ((r'= "\x01" +', r'= b"\x01" +'), ("stringtoint(value[0])", "value[0]")),
    "utils": (
        ('self.data = ""', 'self.data = b""'),
        ("    i = 0\n    if data:", "    i = 0\n    if isinstance(data, int):\n        return data\n    if data:"),
    ),
    "SmartcardFilesystem": (('data=""', 'data=b""'),),
    "SmartcardSAM": (('SW["NORMAL"], ""', 'SW["NORMAL"], b""'),),
    "CryptoUtils": (
        ("chr(op(ord(string1[i]), ord(string2[i])))", "op(string1[i], string2[i])"),
        ('return "".join(result)', "return bytes(result)"),
    ),
    "cards.nPA": (
        ("DateOfBirth < mine", "DateOfBirth < int(mine)"),
        ("DateOfExpiry < mine", "DateOfExpiry < int(mine)"),
        (', ""', ', b""'),
        ('pubkey = ""', 'pubkey = b""'),
    ),
    "cards.ePass": ((r'"\x00\x04\x01\x01"', r'b"\x00\x04\x01\x01"'),),
    "cards.Relay": (
        ("map(ord, msg)", "list(msg)"),
        ('"".join([chr(b) for b in atr])', "bytes(atr)"),
        ('"".join(map(chr, rapdu))', "bytes(rapdu)"),
        ("e.message", "str(e)"),
    ),
}
_EMPTY_TEXT: Final = re.compile(r'(?<!["b\\])""(?!")')
_EMPTY_TEXTS_ARE_BYTES: Final = "SEutils"


def _repaired(name: str, source: str) -> str:
    if name == _EMPTY_TEXTS_ARE_BYTES:
        source = _EMPTY_TEXT.sub('b""', source)
    for before, after in _CHANGES[name]:
        source = source.replace(before, after)
    return source


class _Loader(importlib.abc.Loader):
    def __init__(self, name: str, path: Path) -> None:
        self._name = name
        self._path = path

    def create_module(self, spec: ModuleSpec) -> None:
        """Take Python's own kind of module."""

    def exec_module(self, module: types.ModuleType) -> None:
        source = _repaired(self._name, self._path.read_text(encoding="utf-8"))
        exec(compile(source, str(self._path), "exec"), module.__dict__)


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        name = fullname.removeprefix("virtualsmartcard.")
        if name == fullname or name not in _CHANGES:
            return None
        source = PACKAGES / "virtualsmartcard" / f"{name.replace('.', '/')}.py"
        return importlib.util.spec_from_loader(fullname, _Loader(name, source), origin=str(source))


def install() -> None:
    """Let `virtualsmartcard` and what it needs be imported.

    Raises:
        ModuleNotFoundError: the packages are missing; the text names them.
    """
    if not PACKAGES.is_dir():
        raise ModuleNotFoundError("the packages vsmartcard-vpicc and python3-virtualsmartcard are missing")
    sys.path.insert(0, str(PACKAGES))
    sys.meta_path.insert(0, _Finder())
    _old_names()
    from tests.cards.emulator import openpace  # noqa: PLC0415 - loads libeac

    for module in ("eac", "chat"):
        sys.modules[module] = openpace
    _texts_become_bytes()


def _old_names() -> None:
    """Debian's Cryptodome is what the package calls Crypto; a picture is never opened, so that Pillow is not needed."""
    try:
        import Cryptodome.Cipher.AES  # noqa: PLC0415
        import Cryptodome.Cipher.ARC4  # noqa: PLC0415
        import Cryptodome.Cipher.DES  # noqa: PLC0415
        import Cryptodome.Cipher.DES3  # noqa: PLC0415
        import Cryptodome.Hash.HMAC  # noqa: PLC0415
        import Cryptodome.Hash.MD5  # noqa: PLC0415
        import Cryptodome.Hash.SHA1  # noqa: F401, PLC0415
    except ModuleNotFoundError:
        raise ModuleNotFoundError("the package python3-pycryptodome is missing") from None
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "Cryptodome":
            sys.modules["Crypto" + name.removeprefix("Cryptodome")] = module
    sys.modules["Crypto.Hash.SHA"] = sys.modules["Cryptodome.Hash.SHA1"]
    sys.modules["Crypto.Hash"].SHA = sys.modules["Cryptodome.Hash.SHA1"]  # type: ignore[attr-defined]
    pillow, image = types.ModuleType("PIL"), types.ModuleType("PIL.Image")
    image.open = open  # type: ignore[attr-defined]  # only ever asked for a file that is not there
    pillow.Image = image  # type: ignore[attr-defined]
    sys.modules.update({"PIL": pillow, "PIL.Image": image})


def _texts_become_bytes() -> None:
    """Texts that the generator puts into files and names of applications."""
    from virtualsmartcard import CardGenerator, SmartcardFilesystem, TLVutils  # noqa: PLC0415

    pack, walk = TLVutils.pack, SmartcardFilesystem.walk
    folder, file = CardGenerator.DF, CardGenerator.TransparentStructureEF

    def as_bytes(value: object) -> object:
        if isinstance(value, str):
            return value.encode()
        if isinstance(value, list | tuple):
            return [(tag, length, as_bytes(content), *more) for tag, length, content, *more in value]
        return value

    def named(key: str, encoding: str, make: Callable[..., object]) -> Callable[..., object]:
        def with_bytes(*arguments: object, **words: object) -> object:
            if isinstance(text := words.get(key), str):
                words[key] = text.encode(encoding)
            return make(*arguments, **words)

        return with_bytes

    TLVutils.pack = CardGenerator.pack = lambda values, recalculate=False: pack(as_bytes(values), recalculate)
    CardGenerator.DF = named("dfname", "latin-1", folder)
    CardGenerator.TransparentStructureEF = named("data", "utf-8", file)
    SmartcardFilesystem.walk = lambda root, path: walk(root, path.encode("latin-1") if isinstance(path, str) else path)
