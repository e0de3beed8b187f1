#!/usr/bin/env bash
# Compares two files of orders, as CSV and Parquet, and lets DuckDB do the same. Usage: files.sh FOLDER [ROWS [sorted]];
# 10,000,000 rows need 5 GB there and in the temporary folder. MST_TUI names the program, built with
# cargo build --release --features parquet; needs python3 with duckdb from PyPI. TIMES says how often each is measured.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=$(realpath "${MST_TUI:-target/release/mst-tui}")
mkdir -p "$1"
cd "$1"
cp "$here/contract.toml" .
[[ -e right-parquet.toml ]] || python3 "$here/files.py" make . "${2:-10000000}" ${3:+"$3"}

measure() {
    local what=$1 time
    shift
    for ((time = 0; time < ${TIMES:-3}; time++)); do
        [[ -z ${fresh-} ]] || rm -f left.mst right.mst
        /usr/bin/time -o time.txt -f '%e s, processor %U + %S s, %M KB at most' "$@" > out.txt 2>&1 || true
        printf '%-36s %s\n' "$what" "$(tail -1 time.txt)"
    done
}

echo "load $(cut -d' ' -f1-3 /proc/loadavg)"
for kind in csv parquet; do
    for limit in 0 400; do
        measure "$kind, DuckDB, $limit MB" python3 "$here/files.py" join . "$kind" "$limit"
    done
    compare=("$program" compare left-$kind.toml right-$kind.toml)
    measure "$kind, compare" "${compare[@]}"
    compare+=(--left-tree left.mst --right-tree right.mst)
    fresh=yes measure "$kind, first, with kept trees" "${compare[@]}"
    measure "$kind, the same again" "${compare[@]}"
    tail -1 out.txt
    # One side changes: its content stays the same, but it is read.
    measure "$kind, one of two read again" "$program" compare left.mst right-$kind.toml --right-tree right.mst --reread
    rm -f left.mst right.mst
done
echo "load $(cut -d' ' -f1-3 /proc/loadavg)"
