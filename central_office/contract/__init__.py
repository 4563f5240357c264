"""What kiosk and office say to one another: typed, versioned, bounded messages and the values in them.

Pure values: no I/O, no clock, no database. Imported by both ends; imports neither.
Unknown fields of a message are kept, unknown types are rejected, every size has a limit.
"""
