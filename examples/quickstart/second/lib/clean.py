"""Reads and sums up orders. Ordinary Python: nothing here knows of Polyglot."""

import csv


def load(path):
    """The orders of a CSV file; lines without an amount are left out."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    orders = [
        {"customer": row["customer"].strip().title(), "amount": float(row["amount"])}
        for row in rows
        if row["amount"].strip()
    ]
    print(f"{len(orders)} of {len(rows)} lines are orders")
    return orders


def total_by_customer(orders):
    totals = {}
    for order in orders:
        totals[order["customer"]] = round(totals.get(order["customer"], 0.0) + order["amount"], 2)
    return totals
