#!/usr/bin/env bash
# Times the program beside wc, DuckDB and polars on the same made-up log, in turns, and prints one table.
set -euo pipefail

usage='usage: scripts/bench.sh [-r REPETITIONS] [EVENTS]

Makes up EVENTS lines (1000000 unless said), asks each program for the same summary, REPETITIONS times (5) in turns, and
prints the medians. The log, the caches and the tables are in a temporary directory (below TMPDIR) until the end; a Python
environment with duckdb and polars stays in the cache directory. 10^7 events take 10 GB there.'

repetitions=5
while getopts 'hr:' option; do
  case $option in
    r) repetitions=$OPTARG ;;
    h) printf '%s\n' "$usage" && exit ;;
    *) printf '%s\n' "$usage" >&2 && exit 2 ;;
  esac
done
shift $((OPTIND - 1))
events=${1:-1000000}
if [[ ! $events =~ ^[1-9][0-9]*$ || ! $repetitions =~ ^[1-9][0-9]*$ || $# -gt 1 ]]; then
  printf '%s\n' "$usage" >&2 && exit 2
fi

say() { printf 'bench.sh: %s\n' "$*" >&2; }

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
log=$work/log
mkdir "$log" "$work/small" "$work/times"

say 'building'
cargo build --quiet --release --manifest-path "$root/Cargo.toml" --bin prompt-analytics --example generate
release=${CARGO_TARGET_DIR:-$root/target}/release
program=$release/prompt-analytics
say "making up $events events"
"$release/examples/generate" "$events" 1 -o "$log"
"$release/examples/generate" 1000 1 >"$work/small/events.jsonl"

environment=${XDG_CACHE_HOME:-$HOME/.cache}/prompt-analytics-bench
python=$environment/bin/python
peer=("$python" "$root/tests/bench/peers.py" "$log" "$work")
peers() {
  [[ -x $python ]] || python3 -m venv "$environment" || return
  "$python" -c 'import duckdb, polars' 2>/dev/null || "$python" -m pip install --quiet duckdb polars
}
if has_peers=$(peers 2>"$work/trouble" && echo yes); then
  say 'preparing what DuckDB and polars are to read'
  prepared=$("${peer[@]}" prepare)
else
  say "no duckdb and polars, so no rows of theirs: $(tail -n 1 "$work/trouble")"
fi

# Nothing of the person's own has a say: no config, no cache, no log.
export HOME=$work/home XDG_CACHE_HOME=$work/cache XDG_CONFIG_HOME=$work/home XDG_DATA_HOME=$work/home
unset "${!PROMPT_ANALYTICS@}" DO_NOT_TRACK

# What is timed: rows of KEY, NAME, what happens untimed before it, how often it runs within one measurement, COMMAND…
keys=()
declare -A names before times commands peaks
row() {
  keys+=("$1") names[$1]=$2 before[$1]=$3 times[$1]=$4
  commands[$1]=$(printf '%q ' "${@:5}")
}
ask=("$program" --dir "$log")
question=(--report 'usage,performance' --by prompt)
week=(--since 2025-06-02 --until 2025-06-08)

forget() { rm -rf "$XDG_CACHE_HOME"; }
remember() { "${ask[@]}" "${question[@]}" >/dev/null; }
remember_small() { "$program" --dir "$work/small" --report usage >/dev/null; }
grow() {
  remember
  local line='{"v":1,"id":"new-%s","ts":"2025-12-31T12:00:00Z","event":"run","prompt_id":"check-query","success":true}\n'
  # shellcheck disable=SC2059
  printf "$line" "$EPOCHREALTIME" >>"$log/events-2025-12.jsonl"
}

row wc 'wc -l' : 1 wc -l "$log"/*.jsonl
if "$program" --dir "$work/small" --report usage --no-cache >/dev/null 2>&1; then
  row none 'without a cache' : 1 "${ask[@]}" --no-cache "${question[@]}"
  row cold 'first answer, cache written' forget 1 "${ask[@]}" "${question[@]}"
  row warm 'cached' remember 1 "${ask[@]}" "${question[@]}"
  row week 'cached, one week of it' remember 1 "${ask[@]}" "${question[@]}" "${week[@]}"
  row line 'cached, one new line' grow 1 "${ask[@]}" "${question[@]}"
  row page 'cached, all reports as one page' remember 1 "${ask[@]}" --report all -o "$work/report.html"
else
  say 'this build knows no --no-cache, so it keeps no cache: every answer reads the whole log'
  row none 'whole log' : 1 "${ask[@]}" "${question[@]}"
  row week 'whole log, one week of it' : 1 "${ask[@]}" "${question[@]}" "${week[@]}"
  row line 'whole log, one new line' grow 1 "${ask[@]}" "${question[@]}"
fi
row small 'usage of 1,000 events' remember_small 20 "$program" --dir "$work/small" --report usage
row record 'record one event' : 100 "$program" --dir "$work/recorded" record run prompt_id=summarize success=true
if [[ $has_peers ]]; then
  row scan 'DuckDB, scan' : 1 "${peer[@]}" scan
  row scan-once 'DuckDB, scan, deduplicated' : 1 "${peer[@]}" scan-once
  row scan-uses 'DuckDB, scan, deduplicated, joined' : 1 "${peer[@]}" scan-uses
  row table-uses 'DuckDB, own table, deduplicated, joined' : 1 "${peer[@]}" table-uses
  row table-ready 'DuckDB, own table of joined uses' : 1 "${peer[@]}" table-ready
  row polars 'polars, scan' : 1 "${peer[@]}" polars
fi

# Peak memory in KiB; without GNU time and Python it is not known.
memory() {
  if /usr/bin/time -f %M -o "$work/peak" "$@" >/dev/null 2>&1; then
    cat "$work/peak"
  elif command -v python3 >/dev/null; then
    python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$@"
  fi
}

again() {
  local run
  for ((run = 0; run < $1; run++)); do "${@:2}" || return; done
}

# One measurement: wall and CPU seconds, and of a peer the seconds of its query alone.
TIMEFORMAT='%3R %3U %3S'
measure() {
  local key=$1 command inside=''
  eval "command=(${commands[$key]})"
  "${before[$key]}"
  if ! { time again "${times[$key]}" "${command[@]}" >"$work/out" 2>"$work/trouble"; } 2>"$work/time"; then
    say "${names[$key]} failed: $(tail -n 1 "$work/trouble")" && exit 1
  fi
  [[ ${command[0]} != "$python" ]] || inside=$(<"$work/out")
  awk -v times="${times[$key]}" -v inside="$inside" '{ print $1 / times, ($2 + $3) / times, inside }' "$work/time" \
    >>"$work/times/$key"
}

for key in "${keys[@]}"; do
  "${before[$key]}"
  eval "peaks[$key]=\$(memory ${commands[$key]})"
done
for ((repetition = 1; repetition <= repetitions; repetition++)); do
  say "round $repetition of $repetitions"
  for key in "${keys[@]}"; do measure "$key"; done
done

median() { # KEY COLUMN
  sort -n -k "$2,$2" "$work/times/$1" | awk -v column="$2" '
    { value[NR] = $column }
    END { if (value[1] != "") printf "%.4f", (value[int((NR + 1) / 2)] + value[int(NR / 2) + 1]) / 2 }'
}

bytes=$(cat "$log"/*.jsonl | wc -c)
printf "%'d lines, %d MB, %d cores, median of %d; seconds\n" "$events" $((bytes / 1000000)) "$(getconf _NPROCESSORS_ONLN)" \
  "$repetitions"
[[ ! $has_peers ]] || printf '%s\n' "$prepared"
printf '\n%-42s %9s %9s %9s %9s %11s %6s\n' '' wall cpu query 'peak MiB' events/s MB/s
for key in "${keys[@]}"; do
  wall=$(median "$key" 1)
  rates=''
  case $key in none | cold | warm) rates=yes ;; esac
  awk -v name="${names[$key]}" -v wall="$wall" -v cpu="$(median "$key" 2)" -v query="$(median "$key" 3)" \
    -v peak="${peaks[$key]}" -v events="$events" -v bytes="$bytes" -v rates="$rates" 'BEGIN {
      printf "%-42s %9.4f %9.4f %9s %9s", name, wall, cpu, query, peak == "" ? "" : sprintf("%.0f", peak / 1024)
      if (rates && wall > 0) printf " %11.0f %6.0f", events / wall, bytes / wall / 1e6
      print ""
    }'
done
