"""The same summary by DuckDB and polars, for scripts/bench.sh.

`peers.py LOG WORK WAY` prints the seconds of the query alone, and the first rows to standard error.

Per prompt: uses, tokens, success rate, mean duration and its exact quantiles, distinct users and conversations.
DuckDB has every core and its own choice of memory, as prompt-analytics has.
"""

import glob
import json
import os
import sys
import time

LOG, WORK, WAY = sys.argv[1:]
TABLES = os.path.join(WORK, "peers.duckdb")
CLEAN = os.path.join(WORK, "clean.jsonl")

COLUMNS = {
    "id": "VARCHAR",
    "rev": "BIGINT",
    "retracted": "BOOLEAN",
    "ts": "VARCHAR",
    "event": "VARCHAR",
    "run_id": "VARCHAR",
    "prompt_id": "VARCHAR",
    "user_id": "VARCHAR",
    "conversation_id": "VARCHAR",
    "input_tokens": "BIGINT",
    "output_tokens": "BIGINT",
    "success": "BOOLEAN",
    "duration_ms": "DOUBLE",
}

SCAN = (
    f"read_json('{LOG}/*.jsonl', format = 'newline_delimited', ignore_errors = true, "
    f"columns = {{{', '.join(f'{name}: {kind!r}' for name, kind in COLUMNS.items())}}})"
)

# The highest revision of each identity, if it is not a retraction. A window is faster here than an aggregate or DISTINCT ON.
ONCE = """
    FROM (
        FROM {source} QUALIFY id IS NULL OR row_number() OVER (PARTITION BY id, ts ORDER BY rev DESC NULLS LAST) = 1
    ) WHERE retracted IS NOT true
"""

USES = """
    WITH once AS MATERIALIZED ({once}),
         ends AS (FROM once WHERE event = 'performance' AND run_id IS NOT NULL)
    SELECT begun.event, begun.prompt_id, begun.user_id, begun.conversation_id, begun.input_tokens,
           coalesce(begun.output_tokens, ends.output_tokens) AS output_tokens,
           coalesce(begun.success, ends.success) AS success,
           coalesce(begun.duration_ms, ends.duration_ms) AS duration_ms
    FROM once AS begun LEFT JOIN ends USING (run_id)
    WHERE begun.event IN ('run', 'usage')
"""

SUMMARY = """
    SELECT prompt_id, count(*) FILTER (event <> 'performance') AS runs, sum(input_tokens), sum(output_tokens),
           avg(success::INT), avg(duration_ms), quantile_cont(duration_ms, [0.5, 0.95, 0.99]),
           count(DISTINCT user_id), count(DISTINCT conversation_id)
    FROM {source} WHERE event IN ('run', 'usage', 'performance')
    GROUP BY prompt_id ORDER BY runs DESC, prompt_id
"""


def once(source):
    return "(" + ONCE.format(source=source) + ")"


def uses(source):
    return "(" + USES.format(once=ONCE.format(source=source)) + ")"


def duckdb(source, path=":memory:"):
    import duckdb

    with duckdb.connect(path, read_only=path == TABLES) as connection:
        begun = time.perf_counter()
        rows = connection.sql(SUMMARY.format(source=source)).fetchall()
        return time.perf_counter() - begun, rows


def polars():
    import polars as pl

    kinds = {"VARCHAR": pl.String, "BIGINT": pl.Int64, "BOOLEAN": pl.Boolean, "DOUBLE": pl.Float64}
    schema = {name: kinds[kind] for name, kind in COLUMNS.items()}
    duration = pl.col("duration_ms")
    begun = time.perf_counter()
    rows = (
        pl.scan_ndjson(CLEAN, schema=schema, ignore_errors=True)
        .filter(pl.col("event").is_in(["run", "usage", "performance"]))
        .group_by("prompt_id")
        .agg(
            pl.col("event").ne("performance").sum().alias("runs"),
            pl.col("input_tokens", "output_tokens").sum(),
            pl.col("success").mean(),
            duration.mean(),
            *[duration.quantile(q, interpolation="linear").alias(f"p{q}") for q in (0.5, 0.95, 0.99)],
            pl.col("user_id", "conversation_id").drop_nulls().n_unique(),
        )
        .sort("runs", "prompt_id", descending=[True, False])
        .collect()
        .rows()
    )
    return time.perf_counter() - begun, rows


def prepare():
    """DuckDB's own tables, and a log for polars without the lines that are not JSON: one of them ends its scan."""
    import duckdb
    import polars

    begun = time.perf_counter()
    with duckdb.connect(TABLES) as connection:
        connection.sql(f"CREATE TABLE events AS FROM {SCAN}")
        loaded = time.perf_counter()
        connection.sql(f"CREATE TABLE uses AS FROM {uses('events')}")
        joined = time.perf_counter()
    left_out = 0
    with open(CLEAN, "wb") as clean:
        for path in sorted(glob.glob(f"{LOG}/*.jsonl")):
            with open(path, "rb") as log:
                for line in log:
                    try:
                        json.loads(line)
                        clean.write(line)
                    except ValueError:
                        left_out += 1
    print(f"DuckDB {duckdb.__version__}: its tables took {loaded - begun:.1f} s to load and {joined - loaded:.1f} s to join")
    print(f"polars {polars.__version__}: reads a copy without the {left_out:,} lines that are not JSON")


WAYS = {
    "scan": lambda: duckdb(SCAN),
    "scan-once": lambda: duckdb(once(SCAN)),
    "scan-uses": lambda: duckdb(uses(SCAN)),
    "table-uses": lambda: duckdb(uses("events"), TABLES),
    "table-ready": lambda: duckdb("uses", TABLES),
    "polars": polars,
}

if __name__ == "__main__":
    if WAY == "prepare":
        prepare()
    else:
        seconds, rows = WAYS[WAY]()
        print(f"{seconds:.4f}")
        print(*rows[:3], sep="\n", file=sys.stderr)
