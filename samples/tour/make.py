#!/usr/bin/env python3
"""Writes the two services of the tour: orders.sqlite and billing.sqlite, and the same rows as CSV files.

Both keep the same 400 orders, each in its own way, and drift apart in the ways that the README beside this file lists.
"""
import csv
import datetime
import os
import random
import sqlite3
import zoneinfo

HERE = os.path.dirname(os.path.abspath(__file__))
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
STATES = {"open": ("NEW", "due"), "paid": ("DONE", "settled"), "cancelled": ("CXL", "void"), "refunded": ("BACK", "returned")}
random.seed(20260329)

# What both services should agree on.
orders = []
for number in range(1, 401):
    orders.append({
        "number": 10_000 + number,
        "customer": random.choice(["Ångström & Co", "Müller GmbH", "Øre A/S", "Peña Hermanos", "Smith Ltd", "Zoë Wójcik"]),
        "cents": random.randrange(500, 250_000),
        "currency": random.choice(["EUR", "EUR", "USD", "GBP"]),
        "state": random.choices(list(STATES), [2, 6, 1, 1])[0],
        # From the winter into the summer time of 2026.
        "at": datetime.datetime(2026, 3, 1, tzinfo=datetime.timezone.utc)
        + datetime.timedelta(seconds=random.randrange(60 * 86_400)),
    })
# One order within the hour that Berlin's clocks skip.
orders[199]["at"] = datetime.datetime(2026, 3, 29, 1, 15, tzinfo=datetime.timezone.utc)

def order_row(order):
    return [order["number"], order["customer"], order["cents"], order["currency"], STATES[order["state"]][0],
            int(order["at"].timestamp()), random.choice(["web", "shop", "phone"]), random.randrange(1, 9)]

def invoice_row(invoice, order):
    total = f'{order["cents"] // 100}.{order["cents"] % 100:02}'
    # Some totals came through a spreadsheet.
    if order["cents"] % 10 == 0 and order["number"] % 3 == 0:
        total = total.rstrip("0").rstrip(".")
    local = order["at"].astimezone(BERLIN).strftime("%d.%m.%Y %H:%M:%S")
    return [invoice, f'ord-{order["number"]}', total, order["currency"].lower(), STATES[order["state"]][1], local,
            random.choice(["DE", "FR", "US"])]

def drifted(order):
    """The order as billing has it; none where it has no invoice."""
    number = order["number"] - 10_000
    changed = dict(order)
    if number in (57, 58, 311):
        return None
    if number in (23, 140, 141, 142, 388):
        changed["state"] = "open" if order["state"] != "open" else "paid"
    if number in (77, 264):
        changed["cents"] += 1
    if number == 190:
        changed["currency"] = "USD" if order["currency"] != "USD" else "EUR"
    if number == 305:
        changed["at"] += datetime.timedelta(hours=1)
    if number == 350:
        changed["cents"], changed["state"] = 0, "refunded" if order["state"] != "refunded" else "cancelled"
    return changed

ORDERS = ["id", "customer_name", "amount_cents", "currency", "status", "created", "channel", "warehouse"]
INVOICES = ["invoice_no", "order_ref", "total", "currency", "payment_state", "ordered_at", "tax_country"]
order_rows = [order_row(order) for order in orders]
invoices = [order for order in (drifted(order) for order in orders) if order is not None]
# Two invoices whose orders were deleted by hand.
for number in (10_901, 10_902):
    invoices.append({**orders[7], "number": number})
random.shuffle(invoices)
invoice_rows = [invoice_row(7000 + place, order) for place, order in enumerate(invoices)]

def write(name, table, types, columns, rows):
    path = os.path.join(HERE, name + ".sqlite")
    if os.path.exists(path):
        os.remove(path)
    with sqlite3.connect(path) as database:
        database.execute(f"CREATE TABLE {table} ({', '.join(f'{c} {t}' for c, t in zip(columns, types))})")
        database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", rows)
    database.close()
    with open(os.path.join(HERE, name + ".csv"), "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)

write("orders", "db_orders", ["INTEGER PRIMARY KEY", "TEXT", "INTEGER", "TEXT", "TEXT", "INTEGER", "TEXT", "INTEGER"],
      ORDERS, order_rows)
write("billing", "db_invoices", ["INTEGER PRIMARY KEY", "TEXT", "TEXT", "TEXT", "TEXT", "TEXT", "TEXT"],
      INVOICES, invoice_rows)
