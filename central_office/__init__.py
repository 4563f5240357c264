"""The other end of the kiosk's line: the contract both speak, and the office itself.

`contract` holds the words that kiosk and office share and nothing else; it imports neither of them.
`office` is the server (Django); the kiosk never imports it. Nothing here knows the kiosk's own packages.
"""
