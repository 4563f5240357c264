"""A wall of lockers, whatever boards release its locks: what the drivers of such boards share.

`wiring` reads where each lock and contact is wired, `vigil` watches what doors do (without I/O), `verbs` is the wall.
A board is anything that keeps the promise `LockBoard`.
"""
