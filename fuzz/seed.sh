#!/bin/sh
# Puts what to start from into corpus/: files and contracts of ../samples, proofs made from them, values of many types.
# Needs mst-tui: give its path as MST_TUI, or have it in PATH.
set -eu
cd "$(dirname "$0")"
mst_tui=${MST_TUI:-mst-tui}
mkdir -p corpus/decode corpus/type_text corpus/open corpus/proof corpus/contract

for file in ../samples/*.mst; do
    # A long input is a slow one: of the larger samples the end, where the root is.
    tail -c 16384 "$file" > "corpus/open/end-$(basename "$file")"
    [ "$(wc -c < "$file")" -gt 65536 ] || cp "$file" corpus/open/
done
cp ../samples/tour/*contract.toml ../samples/tour/*fingerprints.toml corpus/contract/

# The first byte chooses the order of the keys.
prove() {
    "$mst_tui" prove "$@" -o proof.tmp > /dev/null
    for order in 0 1 2; do
        { printf "\\$order"; cat proof.tmp; } > "corpus/proof/$name-$order"
    done
    rm proof.tmp
}
name=record prove ../samples/ledger.mst "$("$mst_tui" ls ../samples/ledger.mst --limit 1 | sed 's/  .*//')"
name=absent prove ../samples/ledger.mst no-such-key
name=config prove ../samples/config.mst@4096 service.08
name=typed prove ../samples/head-u64.mst 17
name=range prove ../samples/config.mst@4096 --range service.08..service.09

number=0
while IFS='|' read -r type bytes; do
    number=$((number + 1))
    printf '%s' "$type" > "corpus/type_text/$number"
    # shellcheck disable=SC2059
    { printf '%s\n' "$type"; printf "$bytes"; } > "corpus/decode/$number"
done <<'SEEDS'
String|\003abc
u64|\254\002
(u16, i32, Option<char>)|\001\002\001\001a
{amount: u64 as decimal(2), at: timestamp(ms), paid: bool}|\170\000\001
Vec<(bool, String)>|\002\001\001a\000\000
enum {Open, Paid(u32), Late{days: u8, fee: Option<i64>}}|\002\007\001\004
Map<String, Vec<u8>>|\001\001a\002bc
[u8; 4]|\001\002\003\004
[(u8, f32); 2]|\001\000\000\000\000\002\000\000\200\077
Order{id: uuid, ip: ip, day: date}|\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017\020\177\000\000\001\002
(json, cbor, hash, u128, i128, f64, ())|\002{}\002\201\001\001a\001\001\000\000\000\000\000\000\360\077
Option<Option<Option<u8>>>|\001\001\001\007
SEEDS
