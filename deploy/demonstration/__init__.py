"""The demonstration: office, simulated devices, courier and kiosk on one machine, for anyone to try.

It starts them by their command lines, as an init system would, watches them, and ends them all. It imports nothing of
them and nothing outside the standard library, so `./run --help` works before anything is installed.
"""
