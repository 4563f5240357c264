"""The shapes of `replica.db`, oldest first; `{}` in a shape's tables is empty, or `_new` while a snapshot is built."""

from __future__ import annotations

DOCUMENTS = """
    CREATE TABLE documents{0} (
        document TEXT PRIMARY KEY,
        keys BLOB NOT NULL,
        status TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE keys{0} (
        key BLOB PRIMARY KEY,
        document TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
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
    """
    + DOCUMENTS.format(""),
)
