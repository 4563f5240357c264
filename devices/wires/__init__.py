"""Bytes on serial lines, TCP and camera sources.

The only code that blocks, and the only place where the exceptions of libraries are translated into ours.
"""
