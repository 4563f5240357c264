"""The other end of each wire, in a process of its own: what a person would otherwise hold in her hands."""
