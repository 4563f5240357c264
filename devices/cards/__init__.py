"""Identity cards: commands, secure channels and proofs, as a pure library.

Everything speaks to a `Link`, which takes one command and gives one answer; links wrap each other (chaining, secure
messaging). Nothing here knows of readers, threads, files or time: the bottom link, randomness and the date are
handed in. Of the rest of `devices` it imports the words of `devices.identity_cards` alone. Whatever goes wrong is a
`CardError` or a declared value.
"""
