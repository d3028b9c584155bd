# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Is it final?
#
# A stream has to decide at some moment that a window is complete, and is wrong now and then: events come late, or twice. Tidemark recomputes each date of each view
# from every event that was delivered, explains every row that differs, puts it right, and only then *seals* the date. The **tidemark** of a view is the last date up to which all are sealed.
#
# This notebook answers three questions: up to where are the numbers final, how wrong were they before, and what exactly was wrong with one of them.

# %%
import json

import matplotlib.pyplot as plt
import pandas as pd
from pyspark.sql import Window
from pyspark.sql import functions as F

import charts
import lake
from charts import axes, counted, moment, number, share, table, written

EVENTS = "retail.events"
VIEW = "retail.sales_by_hour_country"
MEASURE = "revenue_net"
#: The same over events, in SQL.
EXPRESSION = "sum(quantity * unit_price)"
#: The column of the view's key beside the window, as events have it.
GROUP = "country"
#: Where a window of the view ends; where it starts is window_start in every view.
END = "window_end"

lake.require(EVENTS, "event_id", "event_time", GROUP)
lake.require(VIEW, "date", "window_start", END, MEASURE, GROUP)
lake.require("ops.dates", "state")
spark = lake.spark()
pipeline, view = VIEW.split(".")

# %% [markdown]
# ## Up to where
#
# Two tables of the lake say it, for any engine: `ops.tidemarks` has the date, and `ops.dates` has every date's state. *Open*: the stream still writes it. *Closed*: it is over, and not proven yet. *Sealed*: it is
# final. *Dirty*: it was final, and late events or an edit have changed what it should be. *Refused*: a check of quality holds it back.

# %%
marks = spark.sql(f"""
    SELECT t.view, t.tidemark, t.since,
           count_if(d.state = 'sealed') AS sealed, count_if(d.state = 'dirty') AS dirty,
           count_if(d.state = 'refused') AS refused,
           count_if(d.state = 'closed') AS closed, count_if(d.state = 'open') AS open
    FROM ops.tidemarks t LEFT JOIN ops.dates d ON d.pipeline = t.pipeline AND d.view = t.view
    WHERE t.pipeline = '{pipeline}' GROUP BY ALL ORDER BY t.view
""").toPandas()
lake.require_rows("ops.tidemarks", len(marks), "Reconcile first: './tidemark reconcile --all-views --all-closed' does.")
table(marks)

# %%
states = spark.sql(f"""
    SELECT view, date, state, rows, agreement FROM ops.dates WHERE pipeline = '{pipeline}' ORDER BY view, date
""").toPandas()
views = list(states["view"].unique())

axis = axes("How each date stands", "", "date")
for state, colour in charts.STATES.items():
    some = states[states["state"] == state]
    if len(some):
        height = [len(views) - 1 - views.index(name) for name in some["view"]]
        axis.bar(some["date"], 0.7, bottom=[h - 0.35 for h in height], color=colour, label=f"{state} ({len(some)})")
axis.set_yticks(range(len(views)), views[::-1])
axis.grid(visible=False)
axis.legend(ncols=4, loc="upper left", bbox_to_anchor=(0, -0.2))
charts.by_date(axis)
plt.show()

# %% [markdown]
# ## How wrong it was before
#
# When a date is sealed, its seal keeps how many of its rows had been right before anything was repaired: the *agreement* of stream and batch. This is the number to watch over months. It tells whether
# the lateness that a view allows is long enough.

# %%
proven = states.dropna(subset=["agreement"])
axis = axes("Rows that were right before the repair", "agreement", "date")
for name, marker in zip(views, "osD^v<>", strict=False):
    of_view = proven[proven["view"] == name]
    axis.plot(of_view["date"], of_view["agreement"], marker=marker, markersize=4, linewidth=1.2, alpha=0.8, label=name)
low = proven["agreement"].min() if len(proven) else 1.0
axis.set_xlim(states["date"].min() - pd.Timedelta(days=1), states["date"].max() + pd.Timedelta(days=1))
axis.set_ylim(min(0.95, low - 0.02), 1.005)
charts.by_percent(axis)
axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
charts.by_date(axis)
plt.show()

# %% [markdown]
# Each row that was not right has a *cause*, and is kept in `ops.drift` with both of its values. `late`: the stream had dropped events that came too late for it. `replayed`: so it had, and all of them had been dead letters before. `duplicate`: deliveries of one event differ. `dimension` and `definition`: a product or the view's SQL has
# changed since. `edited`: somebody has edited the events. `erased`: `forget` has erased some. And `unexplained` is what somebody should look at.

# %%
drift = spark.sql(f"""
    SELECT date, cause, count(DISTINCT view, key) AS rows
    FROM ops.drift WHERE pipeline = '{pipeline}' GROUP BY date, cause ORDER BY date
""").toPandas()
by_date = drift.pivot_table(index="date", columns="cause", values="rows", aggfunc="sum", fill_value=0)

axis = axes("Rows that were found wrong, by cause", "rows of all views", "date")
bottom = pd.Series(0, index=by_date.index)
for cause in [cause for cause in charts.CAUSES if cause in by_date]:
    rows = by_date[cause]
    axis.bar(
        by_date.index, rows, bottom=bottom, color=charts.CAUSES[cause], label=f"{cause} ({number(int(rows.sum()))})"
    )
    bottom += rows
if len(drift):
    axis.legend(ncols=3)
else:
    axis.text(0.5, 0.5, "none", transform=axis.transAxes, ha="center", color=charts.GREY)
axis.set_xlim(states["date"].min() - pd.Timedelta(days=1), states["date"].max() + pd.Timedelta(days=1))
axis.yaxis.get_major_locator().set_params(integer=True)
charts.with_separators(axis)
charts.by_date(axis)
plt.show()

# %%
checked, wrong = int(proven["rows"].sum()), int(drift["rows"].sum())
if wrong == 0:
    print(f"The stream was right in all of {counted(checked, 'row')} that are sealed.")
else:
    worst = by_date.sum(axis=1).idxmax()
    causes = " and ".join(f"{number(int(rows))} {cause}" for cause, rows in by_date.sum().items())
    print(
        f"{counted(checked, 'row')} are sealed, and {counted(wrong, 'row')} ({share(wrong / checked)}) had been found wrong before: {causes}. "
        f"The worst date was {charts.day(worst)}, with {counted(int(by_date.loc[worst].sum()), 'row')}."
    )

# %% [markdown]
# ## One number, down to its events
#
# Now one row of the view, and how it came about. If reconciliation has put rows of the view right, it is the one that was off by most; otherwise it is the largest of the final dates.

# %%
repaired = spark.sql(f"""
    SELECT f.date, f.key, f.cause, f.found_at, f.stream_value AS before, f.batch_value AS after
    FROM ops.drift f JOIN ops.dates d ON d.pipeline = f.pipeline AND d.view = f.view AND d.date = f.date AND d.state = 'sealed'
    WHERE f.pipeline = '{pipeline}' AND f.view = '{view}' AND f.column = '{MEASURE}' AND f.batch_value IS NOT NULL
    ORDER BY abs(try_cast(f.batch_value AS DOUBLE) - coalesce(try_cast(f.stream_value AS DOUBLE), 0)) DESC, f.found_at DESC, f.key
    LIMIT 1
""").collect()
if repaired:
    chosen = repaired[0]
    key = json.loads(chosen.key)
    print(
        f"On {chosen.date}, {GROUP} {key.get(GROUP)}, window from {key['window_start'][:19].replace('T', ' ')}: the stream said {written(chosen.before)}, "
        f"the recomputation {written(chosen.after)}. Cause: {chosen.cause}, found {moment(chosen.found_at)}."
    )
else:
    largest = spark.sql(f"""
        SELECT v.date, v.window_start, v.{GROUP}
        FROM {VIEW} v JOIN ops.dates d ON d.pipeline = '{pipeline}' AND d.view = '{view}' AND d.date = v.date AND d.state = 'sealed'
        ORDER BY v.{MEASURE} DESC LIMIT 1
    """).collect()
    lake.require_rows(
        f"the final part of {VIEW}", len(largest), "Reconcile first: './tidemark reconcile --all-views --dirty' does."
    )
    chosen = largest[0]
    key = {"window_start": f"{chosen.window_start:%Y-%m-%dT%H:%M:%S}Z", GROUP: chosen[GROUP]}
    print(
        f"Nothing was repaired, so the largest: {chosen.date}, {GROUP} {key.get(GROUP)}, window from {chosen.window_start}."
    )

# %%
start = pd.Timestamp(key["window_start"]).to_pydatetime()
of_group = F.col(GROUP).eqNullSafe(F.lit(key.get(GROUP)))
row = spark.table(VIEW).where((F.col("date") == chosen.date) & (F.col("window_start") == start) & of_group).toPandas()
table(row.drop(columns=["date"]).T.reset_index().set_axis(["column", "value"], axis=1))

# %% [markdown]
# Its events are those of the window that had landed when its date was sealed, and of each of them the delivery that landed first. `late` is whether the stream had dropped it: whether its time was at or before the watermark of the batch that met it.

# %%
end = row[END][0]
landed_first = Window.partitionBy("event_id").orderBy("_landed_batch", "_topic", "_topic_partition", "_offset")
seals = spark.table("ops.seals").where((F.col("pipeline") == pipeline) & (F.col("view") == view))
landed_through = seals.where(F.col("date") == chosen.date).agg(F.max_by("landed_through", "sealed_at")).first()[0]
batches = spark.table("ops.refreshes").where((F.col("pipeline") == pipeline) & (F.col("view") == view))
events = (
    spark.table(EVENTS)
    .where(F.col("date").between(F.date_sub(F.lit(chosen.date), 1), F.date_add(F.lit(chosen.date), 1)))
    .withColumn("nth", F.row_number().over(landed_first))
    .where(
        (F.col("nth") == 1)
        & (F.col("_landed_batch") <= landed_through)
        & (F.col("event_time") >= start)
        & (F.col("event_time") < end)
        & of_group
    )
    .join(
        batches.select("landed_from", "landed_through", "late_at"),
        F.col("_landed_batch").between(F.col("landed_from"), F.col("landed_through")),
        "left",
    )
    .withColumn("late", F.coalesce(F.col("event_time") <= F.col("late_at"), F.lit(False)))
    .cache()
)
shown = events.orderBy(F.desc("late"), "event_time", "event_id").limit(8)
table(shown.select("event_id", "event_time", "_landed_batch", "_topic_partition", "_offset", "late").toPandas())

# %%
sums = events.agg(
    F.count("*").alias("events"),
    F.count_if("late").alias("late"),
    F.expr(EXPRESSION).alias("total"),
    F.expr(f"{EXPRESSION} FILTER (WHERE late)").alias("dropped"),
).first()
in_view = row[MEASURE][0]
assert sums.total == in_view, f"the events make {sums.total}, and the view says {in_view}"

sentence = f"{counted(sums.events, 'event')} make {number(sums.total)}, which is what the view says now."
if sums.late:
    sentence += (
        f" Of these, {number(sums.late)} came too late for the stream, and brought {number(sums.dropped)} of it."
    )
print(sentence)

# %% [markdown]
# So the number can be followed from a cell of a report to offsets of a topic. A query that wants final numbers only needs one more line:

# %%
final = spark.sql(f"""
    SELECT max(date) AS through, sum({MEASURE}) AS total FROM {VIEW}
    WHERE date <= (SELECT tidemark FROM ops.tidemarks WHERE pipeline = '{pipeline}' AND view = '{view}')
""").first()
if final.through is None:
    print(f"No number of {VIEW} is final yet.")
else:
    print(f"Through {charts.day(final.through)}, {MEASURE} is {written(str(final.total))}, and that is final.")
