"""The shapes of `ledger.db`, oldest first."""

from __future__ import annotations

LEDGER: tuple[str, ...] = (
    # 1: the line to the office and what waits for it
    """
    CREATE TABLE line (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        db TEXT NOT NULL,
        device TEXT,
        last INTEGER NOT NULL DEFAULT 0,
        head TEXT NOT NULL,
        acked INTEGER NOT NULL DEFAULT 0,
        attempt INTEGER NOT NULL DEFAULT 0,
        last_contact TEXT,
        trouble TEXT
    ) STRICT;
    CREATE TABLE outbox (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        at TEXT NOT NULL,
        command TEXT NOT NULL,
        result TEXT CHECK (result IN ('ok', 'rejected')),
        code TEXT
    ) STRICT;
    """,
    # 2: how often someone guessed
    """
    CREATE TABLE tries (
        who BLOB PRIMARY KEY,
        misses INTEGER NOT NULL,
        waited REAL NOT NULL,
        boot TEXT NOT NULL,
        uptime REAL NOT NULL,
        wall REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
)
