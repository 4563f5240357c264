"""The kiosk's memory, and the courier who keeps it in step with the office.

Vocabulary: `outbox` (ours, to send), `replica` (theirs, to read), `tries` (how often someone may guess).
Machinery: `store` (SQLite through apsw), `courier` (the only process with a network), `enrolment`, `migrations`.
Whatever is kept beside SQL goes through `disk`, the port to the medium, in the order of steps that `files` knows; each
such file has its story in `tests/crash/file_stories.py`, cut at every step.
It must know nothing of screens, devices or services; it speaks to the office in `central_office.contract` alone.
"""
