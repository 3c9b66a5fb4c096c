"""How long the customer summary takes beside hand-written SQL and pandas: seconds and peak memory.

Run as a script: `python tests/bench/bench_summary.py --rows 1000000 10000000`. Each measurement is a process
of its own, so that one's memory does not count for the next. The least of three counts, by the clock and in
processor time: on a machine with other work only the latter can be compared.
"""

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.parquet as pq

from ownchannel.customers import customer_summary

#: As the platforms' exports have them: one customer for seven lines, a twentieth of lines without a key.
GENERATE = """
COPY (
    SELECT 'o' || i AS order_id,
           CASE hash(i) % 3 WHEN 0 THEN 'Own store' ELSE 'Marketplace' END AS channel,
           DATE '2023-01-01' + (hash(7 * i) % 1000)::INT AS ordered_on,
           CASE WHEN hash(13 * i) % 20 > 0
                THEN md5((hash(31 * i) % {customers})::VARCHAR) END AS customer_key,
           ((100 + hash(17 * i) % 20000) / 100)::DECIMAL(18, 6) AS item_value,
           ((hash(19 * i) % 100) / 100)::DECIMAL(18, 6) AS discount,
           (CASE WHEN hash(23 * i) % 20 = 0 THEN 1.5 ELSE 0 END)::DECIMAL(18, 6) AS refund,
           CASE hash(29 * i) % 50
                WHEN 0 THEN 'cancelled' WHEN 1 THEN 'refunded' ELSE 'completed' END AS status
    FROM range({rows}) lines(i)
) TO '{path}' (FORMAT parquet)
"""

SQL = """
WITH purchases AS (
    SELECT * FROM {lines}
    WHERE status IN ('completed', 'refunded') AND item_value > 0
), days AS (
    SELECT customer_key, ordered_on AS day, sum(item_value - discount - refund) AS value
    FROM purchases WHERE customer_key IS NOT NULL GROUP BY ALL
)
SELECT customer_key, count(*) - 1 AS frequency, (max(day) - min(day)) / 7 AS recency,
       ((SELECT max(ordered_on) FROM purchases) - min(day)) / 7 AS T,
       coalesce((sum(value) - arg_min(value, day))::DOUBLE / nullif(count(*) - 1, 0), 0) AS monetary_value
FROM days GROUP BY customer_key ORDER BY customer_key
"""


class InMemory:
    """The order table as Orders hold it."""

    def __init__(self, path: str) -> None:
        self.arrow = pq.read_table(path)


def sql(lines: str) -> pd.DataFrame:
    return duckdb.sql(SQL.format(lines=lines)).to_arrow_table().to_pandas()


def sql_in_memory(orders: InMemory) -> pd.DataFrame:
    duckdb.register("lines_in_memory", orders.arrow)
    return sql("lines_in_memory")


def sql_on_parquet(path: str) -> pd.DataFrame:
    return sql(f"'{path}'")


def ours_on_parquet(path: str) -> pd.DataFrame:
    summary = customer_summary(duckdb.read_parquet(path))
    return summary.order("customer_key").to_arrow_table().to_pandas()


def with_pandas(path: str) -> pd.DataFrame:
    """What one writes without a database; floats, for pandas sums decimals one object at a time."""
    lines = pq.read_table(path).to_pandas()
    lines = lines[lines["status"].isin(["completed", "refunded"])]
    amounts = lines[["item_value", "discount", "refund"]].astype(float)
    lines["value"] = amounts["item_value"] - amounts["discount"] - amounts["refund"]
    lines["day"] = pd.to_datetime(lines["ordered_on"])
    lines = lines[(amounts["item_value"] != 0) | (amounts["refund"] <= 0)]
    end = lines["day"].max()
    days = lines.groupby(["customer_key", "day"], as_index=False)["value"].sum()
    customers = days.groupby("customer_key").agg(
        days=("day", "size"), first=("day", "min"), last=("day", "max"),
        total=("value", "sum"), first_value=("value", "first"),
    )  # fmt: skip
    frequency = customers["days"] - 1
    return pd.DataFrame(
        {
            "frequency": frequency,
            "recency": (customers["last"] - customers["first"]).dt.days / 7,
            "T": (end - customers["first"]).dt.days / 7,
            "monetary_value": ((customers["total"] - customers["first_value"]) / frequency).fillna(0),
        }
    ).reset_index()


#: What is read before the clock starts, and what is timed; each is compared with the SQL above it.
WAYS: dict[str, tuple[Callable[[str], Any], Callable[[Any], pd.DataFrame]]] = {
    "SQL, table in memory": (InMemory, sql_in_memory),
    "ours, table in memory": (InMemory, customer_summary),
    "SQL, parquet": (str, sql_on_parquet),
    "ours, parquet": (str, ours_on_parquet),
    "pandas, parquet": (str, with_pandas),
}


def measure(way: str, path: str) -> dict[str, float]:
    """One run in this process: seconds, peak memory in MB, and a sum that must agree between the ways."""
    prepare, run = WAYS[way]
    run(prepare(str(Path(path).with_name("warm_up.parquet"))))
    source = prepare(path)
    clock, processor = time.perf_counter(), time.process_time()
    summary = run(source)
    return {
        "seconds": time.perf_counter() - clock,
        "processor": time.process_time() - processor,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "check": float(summary.iloc[:, 1:].sum().sum()),
    }


def measure_apart(way: str, path: str) -> dict[str, float]:
    command = [sys.executable, __file__, "--way", way, "--path", path]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(json.loads(answer))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000], help="order lines")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--way", choices=WAYS, help="measure this one, in this process")
    parser.add_argument("--path", help="the table that --way reads")
    arguments = parser.parse_args()
    if arguments.way:
        print(json.dumps(measure(arguments.way, arguments.path)))
        return
    with tempfile.TemporaryDirectory() as folder:
        generate(1_000, Path(folder, "warm_up.parquet"))
        for rows in arguments.rows:
            path = Path(folder, f"orders_{rows}.parquet")
            generate(rows, path)
            report(rows, str(path), arguments.repeats)


def generate(rows: int, path: Path) -> None:
    duckdb.execute(GENERATE.format(rows=rows, customers=int(0.15 * rows), path=path))


def report(rows: int, path: str, repeats: int) -> None:
    # In turns, so that a busy minute of the machine falls on every way.
    runs = [{way: measure_apart(way, path) for way in WAYS} for _ in range(repeats)]
    best = {way: {name: min(run[way][name] for run in runs) for name in runs[0][way]} for way in WAYS}
    print(
        f"\n{f'{rows:,} order lines':<24}{'seconds':>9}{'to SQL':>8}{'processor':>11}{'to SQL':>8}{'MB':>7}"
    )
    sql = best["SQL, table in memory"]
    for way, found in best.items():
        sql = found if way.startswith("SQL") else sql
        if not math.isclose(found["check"], sql["check"], rel_tol=1e-9):
            raise SystemExit(f"{way} gives other numbers: {found['check']}, not {sql['check']}.")
        print(
            f"{way:<24}{found['seconds']:>9.2f}{found['seconds'] / sql['seconds']:>7.2f}x"
            f"{found['processor']:>11.2f}{found['processor'] / sql['processor']:>7.2f}x{found['peak']:>7.0f}"
        )


if __name__ == "__main__":
    main()
