"""Bulky waste at the office: orders as kiosks told them, households' quotas, vouchers, days, and the crew's sheets.

Knows the contract and the office's own books; knows nothing of pages. `taking` applies what kiosks say, inside the
transaction that counts their commands; capacity itself is moved by `escrow` alone.
"""
