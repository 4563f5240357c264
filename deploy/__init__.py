"""How the project is installed and started: the catalogues' compiler, the demonstration, the Raspberry Pi's units.

Nothing here imports the kiosk or the office; it knows their commands alone, as an init system would.
"""
