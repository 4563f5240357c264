"""Documents in compartments at the office: codes given out, what kiosks tell of them, deadlines.

Knows the contract and the office's own books; knows nothing of pages. `taking` applies what kiosks say, inside the
transaction that counts their commands. Locks: the kiosk's row first, then the document (`lifecycle`).
"""
