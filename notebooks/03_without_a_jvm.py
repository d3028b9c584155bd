# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Without a JVM
#
# The tables of the lake are Delta and Iceberg, and nothing else: who knows these formats needs neither Spark nor Tidemark. This notebook opens the same tables with three libraries
# that come with `pip`. [pyiceberg](https://py.iceberg.apache.org) reads the Iceberg tables by the lake's catalog, [delta-rs](https://delta-io.github.io/delta-rs/) the Delta tables from their folders, and
# [DuckDB](https://duckdb.org) asks both in SQL. If they are right, they agree to the last digit.

# %%
import time

import matplotlib.pyplot as plt
import pandas as pd
import pyarrow.compute as pc

import charts
import lake
from charts import axes, counted, number, table

EVENTS = "retail.events"
VIEW = "retail.sales_by_hour_country"
MEASURE = "revenue_net"
#: The same over events, in SQL.
EXPRESSION = "sum(quantity * unit_price)"
GROUP = "country"

lake.require(EVENTS, "event_id", "date")
lake.require(VIEW, "date", MEASURE, GROUP)
lake.require("ops.tidemarks", "tidemark")
pipeline, view = VIEW.split(".")
formats = lake.tables()
print(", ".join(f"{counted(list(formats.values()).count(kind), f'{kind} table')}" for kind in ("delta", "iceberg")))

# %% [markdown]
# ## The same rows
#
# First the plainest of questions, put to every table twice: how many rows are there? DuckDB has its own readers for both formats, which share no code with the other two libraries.

# %%
duck = lake.duck()
opened = {name: lake.iceberg(name) if kind == "iceberg" else lake.delta(name) for name, kind in formats.items()}
readers = {"delta": "delta-rs", "iceberg": "pyiceberg"}


def counted_rows(name: str) -> int:
    """By the library that is at home in the format of the table."""
    if formats[name] == "iceberg":
        return opened[name].scan().count()
    return lake.arrow(opened[name]).count_rows()


counts, refused = [], []
for name, kind in formats.items():
    try:
        began = time.perf_counter()
        rows = counted_rows(name)
        between = time.perf_counter()
        [in_duckdb] = duck.sql(f"SELECT count(*) FROM {lake.in_duckdb(opened[name])}").fetchone()
        counts.append((name, readers[kind], rows, in_duckdb, between - began, time.perf_counter() - between))
    except lake.LakeError as reason:
        refused.append(str(reason))
counts = pd.DataFrame(counts, columns=["table", "reader", "rows", "duckdb", "seconds", "seconds_duckdb"])
print("\n".join(refused), end="\n" if refused else "")
table(counts[["table", "reader", "rows", "duckdb"]])

# %% [markdown]
# Each table was opened once, at one version, and both readers were asked for that version: so the numbers must be equal even while a stream writes.

# %%
differing = counts[counts["rows"] != counts["duckdb"]]
assert differing.empty, f"readers disagree:\n{differing}"
print(f"{counted(len(counts), 'table')}, {counted(int(counts['rows'].sum()), 'row')}: the readers agree on every one.")

# %% [markdown]
# ## The same totals
#
# Now the sum of a column with decimals. Totals of money must be exact, so none of this goes through floating-point numbers: Arrow, DuckDB and Python all have decimals.

# %%
of_view = opened[VIEW]
rows = of_view.scan().to_arrow() if formats[VIEW] == "iceberg" else lake.arrow(of_view).to_table()
duck.register("of_arrow", rows)

totals = pd.DataFrame(
    [
        (readers[formats[VIEW]], pc.sum(rows[MEASURE]).as_py()),
        ("DuckDB over Arrow", duck.sql(f"SELECT sum({MEASURE}) FROM of_arrow").fetchone()[0]),
        ("DuckDB's own reader", duck.sql(f"SELECT sum({MEASURE}) FROM {lake.in_duckdb(of_view)}").fetchone()[0]),
    ],
    columns=["reader", MEASURE],
)
assert totals[MEASURE].nunique() == 1, f"readers disagree:\n{totals}"
table(totals)

# %% [markdown]
# ## Final numbers only
#
# What is final is a date in a table, so it takes one filter, in any of them. pyiceberg and delta-rs prune by it: files of other dates are not even opened.

# %%
[tidemark] = duck.sql(f"""
    SELECT max(tidemark) FROM ops.tidemarks WHERE pipeline = '{pipeline}' AND view = '{view}'
""").fetchone()
lake.require_rows(
    f"the final part of {VIEW}",
    int(tidemark is not None),
    "Reconcile first: './tidemark reconcile --all-views --dirty' does.",
)

if formats[VIEW] == "iceberg":
    final = of_view.scan(row_filter=f"date <= '{tidemark}'").to_arrow()
else:
    final = lake.arrow(of_view).to_table(filter=pc.field("date") <= tidemark)
in_arrow = pc.sum(final[MEASURE]).as_py()
[in_duckdb] = duck.sql(f"""
    SELECT sum({MEASURE}) FROM {lake.in_duckdb(of_view)} WHERE date <= DATE '{tidemark}'
""").fetchone()
assert in_arrow == in_duckdb, f"{in_arrow} and {in_duckdb} differ"
print(f"Final through {tidemark}: {MEASURE} is {number(in_arrow)}, by {readers[formats[VIEW]]} and by DuckDB.")

# %% [markdown]
# "Final" is a claim, and here is all that it takes to check it: of the events that had landed when a date was sealed, count each once, in the first of its deliveries, and add up. What follows knows nothing of Tidemark; it is SQL over the
# events, and over the seals for what they had seen. It fits a view that leaves out no event and whose windows do not overlap: where they do, an event counts in several.

# %%
[recomputed, events, later] = duck.sql(f"""
    WITH seals AS (
      SELECT date, max_by(landed_through, sealed_at) AS landed_through
      FROM ops.seals WHERE pipeline = '{pipeline}' AND view = '{view}' AND date <= DATE '{tidemark}' GROUP BY date
    ), deliveries AS (
      SELECT *, row_number() OVER (PARTITION BY event_id ORDER BY _landed_batch, _topic, _topic_partition, _offset) AS nth
      FROM {lake.in_duckdb(opened[EVENTS])}
    )
    SELECT {EXPRESSION} FILTER (WHERE _landed_batch <= landed_through), count(*) FILTER (WHERE _landed_batch <= landed_through),
           count(*) FILTER (WHERE coalesce(_landed_batch > landed_through, true))
    FROM deliveries JOIN seals USING (date) WHERE nth = 1
""").fetchone()
assert recomputed == in_arrow, f"the events make {recomputed}, and the view says {in_arrow}"
print(f"{counted(events, 'event')} make {number(recomputed)}: the view is right to the last digit.")
if later:
    print(
        f"Meanwhile {counted(later, 'event')} landed on these dates: the next look of the stream says so in ops.dates."
    )

# %%
daily = duck.sql(f"""
    SELECT date, sum({MEASURE})::DOUBLE AS total, date <= DATE '{tidemark}' AS final FROM {lake.in_duckdb(of_view)} GROUP BY date ORDER BY date
""").df()
axis = axes(f"{MEASURE} of {VIEW}, without a JVM", MEASURE, "date")
for is_final, colour, label in ((True, charts.GREEN, "final"), (False, charts.GREY, "not final yet")):
    some = daily[daily["final"] == is_final]
    axis.bar(some["date"], some["total"], color=colour, label=label)
charts.by_date(axis)
charts.with_separators(axis)
axis.legend(ncols=2)
plt.show()

# %% [markdown]
# ## What it costs
#
# None of the three has a session to start. This is how long the counts above took: all tables together, with the first use of each library.

# %%
spent = counts.groupby("reader")["seconds"].sum()
spent["duckdb"] = counts["seconds_duckdb"].sum()
asked = counts["reader"].value_counts()
asked["duckdb"] = len(counts)
spent = spent.sort_values()

axis = axes("To count the rows of every table", "", "seconds")
bars = axis.barh([f"{name}, {counted(int(asked[name]), 'table')}" for name in spent.index], spent, color=charts.BLUE)
axis.bar_label(bars, fmt="%.2f s", padding=4)
axis.grid(visible=False, axis="y")
plt.show()

print(f"All of it took {spent.sum():.1f} s for {counted(int(counts['rows'].sum()), 'row')}.")

# %% [markdown]
# ## What these readers do not do
#
# They read. `TIMESTAMP` is UTC in all of them: Arrow and pandas say so in the type, and DuckDB's zone is set to UTC by `lake.duck()`, since it would otherwise show the zone of this computer. Of a Delta table with renamed
# columns (column mapping) delta-rs makes Arrow data in which they are empty, so `lake.arrow()` refuses such tables, and those with deletion vectors. Tidemark makes neither by itself.
