"""How the two files came to look as they do: forward only, one transaction each, numbered by `user_version`.

A migration that was ever released is never edited; bodies of commands are never rewritten.
"""
