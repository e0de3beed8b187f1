#!/usr/bin/env python3
"""Two files of orders of which some drift, as CSV and Parquet, and the same comparison by DuckDB. Needs duckdb from PyPI.

files.py make FOLDER ROWS [sorted]    writes left and right, 1 in 100,000 rows drifted, in no order or by key
files.py join FOLDER csv|parquet MB   a full outer join on two threads, held to so much memory (0: no limit)
"""
import resource
import sys
import time

import duckdb


def make(folder, rows, order):
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"SET temp_directory = '{folder}/spilled'")
    # 7919 and the prime 10000019 have no common divisor, so that each number comes once, in no order.
    number = "i" if order else "i * 7919 % 10000019"
    for side, drift in (("left", "0"), ("right", "(CASE WHEN n % 100000 = 77 THEN 0.01 ELSE 0 END)::decimal(12,2)")):
        connection.execute(f"""CREATE OR REPLACE TABLE orders AS SELECT n AS id, 'customer ' || (n % 50021) AS customer,
          ((n * 7919 % 9999999) / 100)::decimal(12,2) + {drift} AS amount,
          ['paid', 'shipped', 'returned', 'open'][n % 4 + 1] AS status,
          make_timestamp((1767225600 + n * 3 % 31000000)::bigint * 1000000) AS updated_at
          FROM (SELECT {number} AS n FROM range(1, {rows} + 1) AS t(i))""")
        moment = "strftime(updated_at, '%Y-%m-%dT%H:%M:%SZ') AS updated_at"
        connection.execute(f"""COPY (SELECT id, customer, amount, status, {moment} FROM orders)
          TO '{folder}/{side}.csv' (HEADER true)""")
        connection.execute(f"""COPY (SELECT * REPLACE (updated_at::timestamptz AS updated_at) FROM orders)
          TO '{folder}/{side}.parquet' (FORMAT parquet)""")
        for kind in ("csv", "parquet"):
            with open(f"{folder}/{side}-{kind}.toml", "w") as mapping:
                mapping.write('version = 1\ncontract = "contract.toml"\n\n[source]\n')
                mapping.write(f'kind = "{kind}"\npath = "{side}.{kind}"\n')


def join(folder, kind, megabytes):
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    if megabytes:
        connection.execute(f"SET memory_limit = '{megabytes}MB'")
        connection.execute(f"SET temp_directory = '{folder}/spilled'")
    columns = "{'id': 'BIGINT', 'customer': 'VARCHAR', 'amount': 'DECIMAL(12,2)', 'status': 'VARCHAR', 'updated_at': 'TIMESTAMP'}"
    csv = "read_csv('{}', header = true, columns = {})"
    path = {side: f"{folder}/{side}.{kind}" for side in ("left", "right")}
    read = {side: csv.format(path[side], columns) if kind == "csv" else f"read_parquet('{path[side]}')" for side in path}
    fields = " OR ".join(f"l.{name} IS DISTINCT FROM r.{name}" for name in ("customer", "amount", "status", "updated_at"))
    start = time.time()
    drifted, = connection.execute(f"""SELECT count(*) FROM {read['left']} l FULL OUTER JOIN {read['right']} r ON l.id = r.id
      WHERE l.id IS NULL OR r.id IS NULL OR {fields}""").fetchone()
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(f"{time.time() - start:.2f} s, processor {used.ru_utime:.2f} + {used.ru_stime:.2f} s, "
          f"{used.ru_maxrss} KB at most, {drifted} drifted")


if sys.argv[1:2] == ["make"]:
    make(sys.argv[2], int(sys.argv[3]), sys.argv[4:] == ["sorted"])
elif sys.argv[1:2] == ["join"]:
    join(sys.argv[2], sys.argv[3], int(sys.argv[4]))
else:
    sys.exit(__doc__)
