"""What the documents at the root name is there: a check-list that points nowhere helps nobody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.md")])
PACKAGES = "kiosk_app|devices|screens|offline_cache|central_office|deploy|tests|docs|town|rigs|requirements"
A_PATH = re.compile(rf"`((?:{PACKAGES})/[A-Za-z0-9_./-]*)`")
A_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)\)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_place_that_a_document_names_is_there(document: Path) -> None:
    words = document.read_text(encoding="utf-8")
    paths = [path for path in A_PATH.findall(words) if "NAME" not in path and "LANGUAGE" not in path]
    missing = [path for path in paths if not (ROOT / path).exists()]
    missing += [link for link in A_LINK.findall(words) if not (document.parent / link).exists()]
    assert missing == []
