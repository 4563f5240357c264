"""Commands of the office for `office manage`."""
