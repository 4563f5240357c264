"""Evidence: every kiosk's chain is computed again from what is stored, and its heads are signed once a day.

`digest` is the signed text, `signing` makes it, `chains` and `heads` look for gaps, forks and changes, `watch` does
so every day in `office serve`, `terminal` is the command `office audit`. Knows nothing of the line's requests.
"""
