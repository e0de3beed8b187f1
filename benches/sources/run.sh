#!/usr/bin/env bash
# Measures what make.sh wrote. Usage: run.sh FOLDER [RELADIFF]; MST_TUI names the program, built with
# cargo build --release --features mysql,parquet. RELADIFF is the program of that name from PyPI.
set -euo pipefail
export ORDERS_PG=${ORDERS_PG:-postgres://root@127.0.0.1/test} ORDERS_MY=${ORDERS_MY:-mysql://root@127.0.0.1/test}
program=$(realpath "${MST_TUI:-target/release/mst-tui}")
cd "$1"
reladiff=${2-}

measure() {
    local what=$1
    shift
    /usr/bin/time -o time.txt -f '%e s, processor %U + %S s, %M KB at most' "$@" > out.txt 2>&1 || true
    printf '%-28s %s\n' "$what" "$(tail -1 time.txt)"
}

echo "load $(cut -d' ' -f1-3 /proc/loadavg)"
for source in csv csv-gz ndjson sqlite parquet postgres mysql; do
    rm -f tree.mst
    measure "$source" "$program" build $source.toml -o tree.mst
done
rm -f tree.mst
measure "ten million of CSV, 256 MB" "$program" build ten-million.toml -o tree.mst

rm -f left.mst right.mst
compare=("$program" compare postgres.toml mysql.toml --left-tree left.mst --right-tree right.mst)
measure "first comparison" "${compare[@]}"
grep -c '^~' out.txt | sed 's/$/ drifted/'
[[ -z $reladiff ]] || reladiff_command=("$reladiff" "${ORDERS_PG/postgres:/postgresql:}" mst_bench_orders "$ORDERS_MY" mst_bench_orders -k id
    -c customer -c amount -c status -c updated_at)
[[ -z $reladiff ]] || measure "reladiff" "${reladiff_command[@]}"
where="WHERE id % 1000 = $((RANDOM % 1000))"
psql -q -d "$ORDERS_PG" -c "UPDATE mst_bench_orders SET status = case status when 'open' then 'paid' else 'open' end $where"
mariadb -h 127.0.0.1 -u root test -e "UPDATE mst_bench_orders SET status = if(status = 'open', 'paid', 'open') $where"
measure "after 1,000 updates" "${compare[@]}"
[[ -z $reladiff ]] || measure "reladiff" "${reladiff_command[@]}"
echo "load $(cut -d' ' -f1-3 /proc/loadavg)"
