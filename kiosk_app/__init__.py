"""The visit: services, the desk they work at, the conductor who runs them, and the composition root.

`main` is the one module that knows all others. Services touch nothing but their desk.
"""
