# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # SQL through Trino
#
# A Trino over the lake serves many people at once, and needs nothing on their side but a driver. On this machine `./tidemark up --trino` starts one, with a catalog for each format: `iceberg` and `delta`. This notebook asks it from Python, and
# plots what it says. The same code works with a Trino on a cluster; only the connection differs.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import charts
import lake
from charts import axes, counted, moment, share, table, written

EVENTS = "delta.retail.events"
#: Of Iceberg: the last part asks for its snapshots.
VIEW = "iceberg.retail.sales_by_hour_country"
#: A number of the view, and the one that counts its events.
MEASURE = "revenue_net"
COUNT = "line_count"
#: Where Tidemark keeps its accounts.
OPS = "delta.ops"

connection = lake.trino()
_, pipeline, view = VIEW.replace('"', "").split(".")
lake.require(EVENTS.replace('"', "").split(".", 1)[1], "event_id", "date")
lake.require(f"{pipeline}.{view}", "date", "window_start", MEASURE, COUNT)


def ask(sql: str) -> pd.DataFrame:
    """The rows of a query, decimals and times as what they are."""
    cursor = connection.cursor()
    rows = cursor.execute(sql).fetchall()
    return pd.DataFrame(rows, columns=[column.name for column in cursor.description])


found = ask("SELECT version() AS version").iloc[0, 0]
print(f"Trino {found} on {lake.folder().name}")

# %% [markdown]
# ## Which tables there are
#
# A table is in the catalog of its format. Whatever the stream or reconciliation creates is there a second later.

# %%
names = pd.concat(
    ask(
        f"SELECT table_catalog AS catalog, table_schema AS schema, table_name AS name FROM {catalog}.information_schema.tables"
    )
    for catalog in ("iceberg", "delta")
)
names = names[~names["schema"].isin(["information_schema", "system"])]
table(
    names.groupby(["catalog", "schema"])["name"]
    .agg(tables="count", names=lambda some: ", ".join(sorted(some)))
    .reset_index()
)

# %% [markdown]
# ## One query over both formats
#
# Trino joins a view in Iceberg with events in Delta as if it were nothing. Here the events as they were delivered, as far as they had landed when their date was sealed, beside the lines that the view has counted.

# %%
both = ask(f"""
    WITH seals AS (
      SELECT date, max_by(landed_through, sealed_at) AS landed_through
      FROM {OPS}.seals WHERE pipeline = '{pipeline}' AND view = '{view}' GROUP BY date
    )
    SELECT v.date, v.lines, e.events, e.deliveries, e.deliveries - e.events AS repeated
    FROM (SELECT date, sum({COUNT}) AS lines FROM {VIEW} GROUP BY date) v
    JOIN (
      SELECT e.date, count(*) AS deliveries, count(DISTINCT e.event_id) AS events
      FROM {EVENTS} e JOIN seals s ON s.date = e.date AND e._landed_batch <= s.landed_through GROUP BY e.date
    ) e ON e.date = v.date
    WHERE v.date <= (SELECT tidemark FROM {OPS}.tidemarks WHERE pipeline = '{pipeline}' AND view = '{view}')
    ORDER BY v.date
""")
lake.require_rows(
    f"the final part of {VIEW}", len(both), "Reconcile first: './tidemark reconcile --all-views --dirty' does."
)

assert (both["events"] == both["lines"]).all(), f"the view has not counted each event once:\n{both}"
print(
    f"Through {charts.day(both['date'].max())}, {counted(int(both['deliveries'].sum()), 'delivery', 'deliveries')} brought "
    f"{counted(int(both['events'].sum()), 'event')}, and the view has counted each of them once."
)
table(both.tail(5))

# %% [markdown]
# ## When the shop sells
#
# Final numbers only, by weekday and hour. The filter is the same one line in every engine.

# %%
hours = ask(f"""
    WITH final AS (
      SELECT * FROM {VIEW}
      WHERE date <= (SELECT tidemark FROM {OPS}.tidemarks WHERE pipeline = '{pipeline}' AND view = '{view}')
    )
    SELECT day_of_week(f.date) AS weekday, hour(f.window_start) AS hour, sum(f.{MEASURE}) AS total, max(d.dates) AS dates
    FROM final f
    JOIN (SELECT day_of_week(date) AS weekday, count(DISTINCT date) AS dates FROM final GROUP BY 1) d ON d.weekday = day_of_week(f.date)
    GROUP BY 1, 2
""")
hours["usual"] = hours["total"].astype(float) / hours["dates"]
grid = hours.pivot_table(index="weekday", columns="hour", values="usual", aggfunc="sum")
grid = grid.reindex(columns=range(grid.columns.min(), grid.columns.max() + 1))

axis = axes(f"{MEASURE} of an hour, mean by weekday", "", "hour, UTC")
edges = np.arange(grid.columns.min(), grid.columns.max() + 2) - 0.5
image = axis.pcolormesh(edges, np.arange(len(grid) + 1) - 0.5, grid.fillna(0), cmap="cividis")
axis.set_yticks(range(len(grid)), [["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][day - 1] for day in grid.index])
axis.set_xticks(list(grid.columns))
axis.invert_yaxis()
axis.grid(visible=False)
bar = axis.figure.colorbar(image)
bar.set_label(MEASURE)
charts.with_separators(bar.ax)
plt.show()

by_hour = hours.groupby("hour")["total"].sum()
best = by_hour.astype(float).idxmax()
print(
    f"The strongest hour begins at {best}:00, with {share(float(by_hour[best] / by_hour.sum()))} of {MEASURE}; "
    f"{counted(int((by_hour > 0).sum()), 'hour')} of the day have any."
)

# %% [markdown]
# ## What it said before the repair
#
# Each commit to an Iceberg table is a snapshot, and Trino can ask for any that has not expired. Where reconciliation finds rows that are wrong, it replaces their dates in commits of its own, one for
# each run of dates, whose summaries name them: `repair.` and the view. The parent of the first is what everybody read until then. So the two can be compared.

# %%
schema, bare = VIEW.rsplit(".", 1)
bare = bare.strip('"')
snapshots = ask(f"""
    SELECT cast(snapshot_id AS varchar) AS snapshot, cast(parent_id AS varchar) AS parent, committed_at,
           element_at(summary, 'tidemark.query') AS written_by, cast(element_at(summary, 'total-records') AS bigint) AS rows
    FROM {schema}."{bare}$snapshots" ORDER BY committed_at
""")
repairs = snapshots[snapshots["written_by"] == f"repair.{pipeline}.{view}"]
print(f"{counted(len(snapshots), 'snapshot')}, and {counted(len(repairs), 'commit')} of repairs among them.")
table(snapshots.tail(6))

# %% [markdown]
# The last repair, date by date: what the snapshot before its first commit says, and what its last one says.

# %%
repairs = repairs[repairs["parent"].isin(snapshots["snapshot"])]
changed = pd.DataFrame(columns=["date", "before", "after", "difference"])
if repairs.empty:
    print(f"No snapshot from just before a repair of {VIEW} is kept: it needed none, or they have expired.")
else:
    last = first = repairs.iloc[-1]
    while first["parent"] in set(repairs["snapshot"]):
        first = repairs[repairs["snapshot"] == first["parent"]].iloc[0]
    totals = f"SELECT date, sum({MEASURE}) AS total FROM {VIEW} FOR VERSION AS OF"
    changed = ask(f"""
        SELECT date, b.total AS before, a.total AS after, coalesce(a.total, 0) - coalesce(b.total, 0) AS difference
        FROM ({totals} {first["parent"]} GROUP BY date) b
        FULL JOIN ({totals} {last["snapshot"]} GROUP BY date) a USING (date)
        WHERE a.total IS DISTINCT FROM b.total ORDER BY abs(coalesce(a.total, 0) - coalesce(b.total, 0)) DESC
    """)
    print(f"The repair of {moment(last['committed_at'])} changed {MEASURE} on {counted(len(changed), 'date')}.")
if len(changed):
    most = changed.iloc[0]
    before, after = (written(None if total is None else str(total)) for total in (most["before"], most["after"]))
    print(f"On {most['date']} it was {before} just before, and {after} just after.")
table(changed)

# %% [markdown]
# Trino only reads here: `INSERT`, `DELETE` and the like are refused, since what Tidemark has not written itself it takes for an edit. Results of your own go to the catalog `memory`.
