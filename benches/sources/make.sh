#!/usr/bin/env bash
# Writes what the benchmark of sources reads: a million orders in every kind of source, of which 100 drift between the two
# databases, and ten million as CSV. Usage: make.sh FOLDER; needs psql, mariadb, python3 (with pyarrow for Parquet) and
# ORDERS_PG and ORDERS_MY as in run.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
cp "$here/contract.toml" .

psql -q -d "$ORDERS_PG" <<'SQL'
DROP TABLE IF EXISTS mst_bench_orders;
CREATE TABLE mst_bench_orders (id bigint PRIMARY KEY, customer text, amount numeric(12, 2), status text,
  updated_at timestamptz);
INSERT INTO mst_bench_orders SELECT n, 'customer ' || n % 50021, (n::bigint * 7919 % 9999999) / 100.0,
  (ARRAY['open', 'paid', 'shipped', 'returned'])[n % 4 + 1], timestamptz '2026-01-01 00:00:00Z' + n * interval '13 seconds'
  FROM generate_series(1, 1000000) AS n;
ANALYZE mst_bench_orders;
SQL
mariadb -h 127.0.0.1 -u root test <<'SQL'
SET time_zone = '+00:00';
DROP TABLE IF EXISTS mst_bench_orders;
CREATE TABLE mst_bench_orders (id BIGINT PRIMARY KEY, customer VARCHAR(40), amount DECIMAL(12, 2), status VARCHAR(10),
  updated_at DATETIME) CHARACTER SET utf8mb4;
INSERT INTO mst_bench_orders SELECT seq, CONCAT('customer ', seq % 50021), (seq * 7919 % 9999999) / 100,
  ELT(seq % 4 + 1, 'open', 'paid', 'shipped', 'returned'), '2026-01-01 00:00:00' + INTERVAL seq * 13 SECOND
  FROM seq_1_to_1000000;
UPDATE mst_bench_orders SET amount = amount + 0.01 WHERE id % 10000 = 77;
ANALYZE TABLE mst_bench_orders;
SQL

# Ten million rows in no order.
seq 1 10000000 | awk 'BEGIN { print "id,customer,amount,status,updated_at"; split("paid shipped returned open", s, " ") }
  { n = ($1 * 7919) % 10000019
    printf "%d,customer %d,%d.%02d,%s,2026-%02d-%02dT%02d:%02d:%02dZ\n", n, n % 50021, n % 99999, n % 100, s[n % 4 + 1],
      n % 12 + 1, n % 28 + 1, n % 24, n % 60, (n / 7) % 60 }' > ten-million.csv
head -1000001 ten-million.csv > million.csv
gzip -k -1 -f million.csv
tail -n +2 million.csv | awk -F, '{ printf "{\"id\":%s,\"customer\":\"%s\",\"amount\":%s,\"status\":\"%s\",\"updated_at\":\"%s\"}\n", $1, $2, $3, $4, $5 }' > million.ndjson
python3 - <<'PY'
import csv, sqlite3, os
if os.path.exists("million.sqlite"):
    os.remove("million.sqlite")
with sqlite3.connect("million.sqlite") as db:
    db.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT, amount TEXT, status TEXT, updated_at TEXT)")
    rows = csv.reader(open("million.csv"))
    next(rows)
    db.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?)", rows)
try:
    import pyarrow as pa, pyarrow.csv, pyarrow.parquet, pyarrow.compute as pc
    types = {"id": pa.int64(), "amount": pa.string(), "updated_at": pa.timestamp("us", "UTC")}
    table = pyarrow.csv.read_csv("million.csv", convert_options=pyarrow.csv.ConvertOptions(column_types=types))
    amount = pc.cast(table["amount"], pa.decimal128(12, 2))
    pyarrow.parquet.write_table(table.set_column(2, "amount", amount), "million.parquet")
except ImportError:
    print("no Parquet file: pyarrow is not installed")
PY

mapping() {
    local name=$1 source=$2 time=${3-}
    printf 'version = 1\ncontract = "contract.toml"\n\n[source]\n%s\n' "$source" > "$name.toml"
    local field
    for field in id customer amount status updated_at; do
        printf '\n[field.%s]\ncolumn = "%s"\n' $field $field >> "$name.toml"
    done
    printf '%s' "$time" >> "$name.toml"
}
mapping csv $'kind = "csv"\npath = "million.csv"'
mapping csv-gz $'kind = "csv"\npath = "million.csv.gz"'
mapping ndjson $'kind = "ndjson"\npath = "million.ndjson"'
mapping sqlite $'kind = "sqlite"\npath = "million.sqlite"\ntable = "orders"'
mapping parquet $'kind = "parquet"\npath = "million.parquet"'
mapping postgres $'kind = "postgres"\nurl-env = "ORDERS_PG"\ntable = "mst_bench_orders"'
mapping mysql $'kind = "mysql"\nurl-env = "ORDERS_MY"\ntable = "mst_bench_orders"' $'time = { zone = "UTC" }\n'
mapping ten-million $'kind = "csv"\npath = "ten-million.csv"'
