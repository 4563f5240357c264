"""Bags and fees in the office: what kiosks sold, what their terminals closed, what lies in their columns, prices.

Kiosks tell (`taking`); the tariff goes to them as a file (`tariff_book`). Money is whole cents, and what a kiosk told
is never overwritten: what staff found out stands beside it (`clearing`).
"""
