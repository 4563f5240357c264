"""A Modbus RTU board with relays and inputs, for whoever switches something with it: locks today, a motor as well.

Its makers' boards (Waveshare Modbus RTU Relay, Relay (D), IO 8CH) have a *flash*: the board itself switches a relay
on and, so many tenths of a second later, off again. Nothing else is ever used to switch on, because a pulse timed by
a program stays on for ever when the program ends in the middle of it.

`frames` are the requests and answers (pymodbus), `exchange` who says what when, `verbs` is the board on its line.
Several boards may share a line; a line has one owner.
"""
