"""The shapes of `replica.db`, oldest first; `{}` in a shape's tables is empty, or `_new` while a snapshot is built."""

from __future__ import annotations

DOCUMENTS = """
    CREATE TABLE documents{0} (
        id BLOB PRIMARY KEY,
        slots BLOB NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE keys{0} (
        key BLOB PRIMARY KEY,
        id BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
"""

_FORGET_OPEN_ROWS = """
    PRAGMA secure_delete=ON;
    DELETE FROM sets;
    DELETE FROM documents;
    DELETE FROM keys;
    DROP TABLE documents;
    DROP TABLE keys;
"""

REPLICA: tuple[str, ...] = (
    # 1: the sets the office sends, and its documents
    """
    CREATE TABLE sets (
        name TEXT PRIMARY KEY,
        owner BLOB NOT NULL,
        epoch TEXT NOT NULL,
        cursor TEXT NOT NULL,
        as_of TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE documents (
        document TEXT PRIMARY KEY,
        keys BLOB NOT NULL,
        status TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE keys (
        key BLOB PRIMARY KEY,
        document TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    # 2: rows are sealed; the open ones go, and leave nothing to be read in the pages they took
    _FORGET_OPEN_ROWS + DOCUMENTS.format(""),
)
