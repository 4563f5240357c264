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
    # 3: what the office calls durable, what it lends, what is begun in the world
    """
    ALTER TABLE line ADD COLUMN durable INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE line ADD COLUMN life TEXT NOT NULL DEFAULT '';
    ALTER TABLE outbox ADD COLUMN scrubbed INTEGER NOT NULL DEFAULT 0 CHECK (scrubbed IN (0, 1));
    CREATE TABLE leases (
        key TEXT NOT NULL,
        day TEXT NOT NULL,
        granted INTEGER NOT NULL CHECK (granted >= 0),
        as_of INTEGER NOT NULL,
        PRIMARY KEY (key, day)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE draws (
        seq INTEGER PRIMARY KEY,
        key TEXT NOT NULL,
        day TEXT NOT NULL,
        units INTEGER NOT NULL CHECK (units > 0)
    ) STRICT;
    CREATE TABLE wishes (
        key TEXT NOT NULL,
        day TEXT NOT NULL,
        units INTEGER NOT NULL CHECK (units > 0),
        PRIMARY KEY (key, day)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE effects (
        effect INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        detail TEXT NOT NULL,
        began TEXT NOT NULL,
        outcome TEXT,
        ended TEXT
    ) STRICT;
    CREATE INDEX unfinished ON effects (effect) WHERE outcome IS NULL;
    """,
    # 4: what the office said is free besides what it lent, and numbers that are given out once
    """
    CREATE TABLE outlook (
        key TEXT PRIMARY KEY,
        first TEXT NOT NULL,
        free TEXT NOT NULL,
        heard TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE counts (
        name TEXT PRIMARY KEY,
        last INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    # 5: what waits in compartments, and which codes were tried or used
    """
    ALTER TABLE line ADD COLUMN pickups TEXT NOT NULL DEFAULT '';
    CREATE TABLE pickups (
        pickup TEXT PRIMARY KEY,
        selector TEXT NOT NULL,
        compartment INTEGER NOT NULL,
        until TEXT NOT NULL,
        row TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX pickups_by_selector ON pickups (selector);
    CREATE TABLE pickup_marks (
        pickup TEXT PRIMARY KEY,
        misses INTEGER NOT NULL DEFAULT 0,
        used INTEGER NOT NULL DEFAULT 0 CHECK (used IN (0, 1))
    ) STRICT, WITHOUT ROWID;
    """,
    # 6: the tag of what the office lent, so that it need not say it again
    """
    ALTER TABLE line ADD COLUMN leases_tag TEXT NOT NULL DEFAULT '';
    """,
    # 7: the key that the office's vouchers are checked with
    """
    ALTER TABLE line ADD COLUMN office_key TEXT NOT NULL DEFAULT '';
    """,
    # 8: who may sign in here, and what there is to do; closed, see contract.staff
    """
    ALTER TABLE line ADD COLUMN staff TEXT NOT NULL DEFAULT '';
    CREATE TABLE staff (
        number TEXT PRIMARY KEY,
        row TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE worklist (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        sealed BLOB NOT NULL
    ) STRICT;
    """,
    # 9: sales from the first arrow to the last, the bags in the columns, and the day of the till
    """
    CREATE TABLE bag_stock (
        bag_column INTEGER PRIMARY KEY,
        article TEXT NOT NULL,
        year INTEGER NOT NULL,
        pieces INTEGER NOT NULL CHECK (pieces >= 0),
        trouble TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE TABLE sales (
        number INTEGER PRIMARY KEY,
        sale TEXT NOT NULL UNIQUE,
        purpose TEXT NOT NULL,
        state TEXT NOT NULL,
        began TEXT NOT NULL,
        asked INTEGER NOT NULL CHECK (asked >= 0),
        voucher TEXT NOT NULL DEFAULT '',
        reference TEXT NOT NULL DEFAULT '',
        told INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1)),
        amount INTEGER,
        receipt INTEGER,
        trace INTEGER,
        terminal TEXT NOT NULL DEFAULT '',
        card TEXT NOT NULL DEFAULT '',
        masked_pan TEXT NOT NULL DEFAULT '',
        stamp TEXT,
        ending TEXT,
        charged INTEGER,
        why TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE INDEX open_sales ON sales (number) WHERE state <> 'ended';
    CREATE INDEX sales_by_voucher ON sales (voucher) WHERE voucher <> '';
    CREATE TABLE sale_lines (
        number INTEGER NOT NULL REFERENCES sales ON DELETE CASCADE,
        line INTEGER NOT NULL,
        product TEXT NOT NULL,
        article TEXT NOT NULL,
        year INTEGER NOT NULL,
        pieces INTEGER NOT NULL CHECK (pieces > 0),
        cents INTEGER NOT NULL CHECK (cents >= 0),
        PRIMARY KEY (number, line)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE turns (
        turn INTEGER PRIMARY KEY,
        number INTEGER NOT NULL REFERENCES sales ON DELETE CASCADE,
        line INTEGER NOT NULL,
        bag_column INTEGER NOT NULL,
        outcome TEXT,
        pieces INTEGER
    ) STRICT;
    CREATE INDEX turns_of_a_sale ON turns (number);
    CREATE TABLE till (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        upto INTEGER NOT NULL DEFAULT 0,
        closed TEXT,
        closing INTEGER
    ) STRICT;
    INSERT INTO till (only) VALUES (1);
    """,
)
