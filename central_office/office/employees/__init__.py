"""Employees at the kiosks: who may sign in there and with what, what they did, which compartments are out of order.

Knows the contract, the office's own books and `pickups`; knows nothing of pages. What an employee may do at a kiosk
follows from the roles that the office gave them.
"""
