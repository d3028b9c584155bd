# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A tour of the lake
#
# Tidemark lands events from Kafka in tables, keeps views of them fresh, and proves afterwards that the views are right. This notebook looks at each of the
# three in turn: what landed, what a view says, and how fresh it was. Everything is plain SQL on plain tables, in a Spark that has the same names and settings as
# `./tidemark query`.
#
# The first cell says which lake, and which view. Change the names, and the notebook tells of another one.

# %%
import textwrap

import matplotlib.pyplot as plt

import charts
import lake
from charts import axes, counted, number, share, table

EVENTS = "retail.events"
VIEW = "retail.sales_by_hour_country"
#: A number of the view, and a column by which to tell its rows apart.
MEASURE = "revenue_net"
GROUP = "country"

lake.require(EVENTS, "event_id", "date")
lake.require(VIEW, "date", MEASURE, GROUP)
spark = lake.spark()

# %% [markdown]
# ## What landed
#
# Every record of a topic ends in one of two places, once: as an event in the events table, or, if no event can be made of it, as a dead letter with the reason. The
# ledger has, for each batch of landing, which offsets it took and what became of them. So the first question to ask a lake is whether its books balance.

# %%
pipeline, events_name = EVENTS.split(".")
landing = f"{pipeline}.land.{events_name}"

[ledger] = spark.sql(f"""
    SELECT sum(until_offset - from_offset) AS offsets, sum(events) AS events, sum(dead_letters) AS dead_letters,
           sum(missing) + sum(coalesce(lost, 0)) AS gone, count(DISTINCT batch) AS batches
    FROM ops.ledger WHERE query = '{landing}'
""").collect()
lake.require_rows(EVENTS, ledger.events or 0, "Land something first: './tidemark demo' does.")

in_events = spark.table(EVENTS).count()
in_dead_letters = spark.sql(f"SELECT count(*) FROM ops.dead_letters WHERE query = '{landing}'").first()[0]

assert ledger.offsets == ledger.events + ledger.dead_letters + ledger.gone, "the ledger does not balance"
print(
    f"{counted(ledger.offsets, 'offset')} in {counted(ledger.batches, 'batch', 'batches')}: "
    f"{counted(ledger.events, 'event')}, {counted(ledger.dead_letters, 'dead letter')}, {number(ledger.gone)} gone before."
)

# %% [markdown]
# What the ledger says of the tables, and what is in them, are counted apart. A stream that lands just now may be between the two: it writes the events first, and the
# ledger after them.

# %%
print(f"In the tables: {counted(in_events, 'event')}, {counted(in_dead_letters, 'dead letter')}.")
assert in_events >= ledger.events and in_dead_letters >= ledger.dead_letters, (
    "the tables have less than the ledger says"
)

# %% [markdown]
# Dead letters keep the bytes of the record as they came, so that they can be looked at, and replayed when the producer is mended.

# %%
reasons = spark.sql(f"""
    SELECT reason, count(*) AS records, min(message) AS for_example
    FROM ops.dead_letters WHERE query = '{landing}' GROUP BY reason ORDER BY records DESC, reason
""").toPandas()
reasons["for_example"] = [textwrap.shorten(example or "", 110, placeholder=" …") for example in reasons["for_example"]]
table(reasons)

# %% [markdown]
# The same event may be delivered more than once, by a producer that tries again. All deliveries are kept, and a view counts each event once.

# %%
deliveries = spark.sql(f"""
    SELECT date, count(*) AS deliveries, count(DISTINCT event_id) AS events FROM {EVENTS} GROUP BY date ORDER BY date
""").toPandas()
again = deliveries["deliveries"] - deliveries["events"]

axis = axes(f"Deliveries in {EVENTS}", "deliveries", "date of the event")
axis.bar(deliveries["date"], deliveries["events"], color=charts.BLUE, label="first")
axis.bar(deliveries["date"], again, bottom=deliveries["events"], color=charts.ORANGE, label="again")
charts.by_date(axis)
charts.with_separators(axis)
axis.legend(ncols=2)
plt.show()

print(
    f"{counted(int(again.sum()), 'delivery', 'deliveries')} of {number(in_events)} "
    f"({share(again.sum() / in_events)}) brought an event that was there already."
)

# %% [markdown]
# ## What a view says
#
# A view is one SQL `SELECT` over events, which a stream keeps fresh. Its rows look final from the first second, and are not: late events may still come. `ops.dates` says of each
# date whether it is proven equal to a recomputation from all events. In the plot, what is green is final.

# %%
days = spark.sql(f"""
    SELECT v.date, v.total, coalesce(d.state, 'open') AS state
    FROM (SELECT date, sum({MEASURE}) AS total FROM {VIEW} GROUP BY date) v
    LEFT JOIN ops.dates d ON d.date = v.date AND concat(d.pipeline, '.', d.view) = '{VIEW}'
    ORDER BY v.date
""").toPandas()
lake.require_rows(VIEW, len(days), "Refresh it first: './tidemark stream --once' does.")
days["total"] = days["total"].astype(float)

axis = axes(f"{MEASURE} of {VIEW}", MEASURE, "date")
for state, colour in charts.STATES.items():
    some = days[days["state"] == state]
    if len(some):
        axis.bar(some["date"], some["total"], color=colour, label=f"{state} ({len(some)})")
charts.by_date(axis)
charts.with_separators(axis)
axis.legend(ncols=4)
plt.show()

# %%
sealed = days[days["state"] == "sealed"]
final = sealed["total"].sum() / days["total"].sum() if days["total"].sum() else 0.0
print(f"{len(sealed)} of {counted(len(days), 'date')} with rows are final; they have {share(final)} of {MEASURE}.")
if len(sealed):
    best = sealed.loc[sealed["total"].idxmax()]
    usual = sealed["total"].median()
    print(
        f"The best final date is {charts.day(best['date'])}: {number(round(best['total'], 2))}"
        + (f", {best['total'] / usual:.1f} times the median." if usual > 0 else ".")
    )

# %% [markdown]
# Where the number comes from, for those dates alone:

# %%
groups = spark.sql(f"""
    SELECT v.{GROUP}, sum(v.{MEASURE}) AS {MEASURE}
    FROM {VIEW} v JOIN ops.dates d ON d.date = v.date AND concat(d.pipeline, '.', d.view) = '{VIEW}' AND d.state = 'sealed'
    GROUP BY v.{GROUP} ORDER BY {MEASURE} DESC NULLS LAST
""").toPandas()
total = groups[MEASURE].sum()
groups["share"] = [share(float(value / total)) if total else "" for value in groups[MEASURE]]
if len(groups):
    top = groups.iloc[0]
    print(f"{top[GROUP]} makes {top['share']} of it, and {counted(len(groups) - 1, 'other')} the rest.")
table(groups.head(8))

# %% [markdown]
# ## How fresh it was
#
# Each batch of a refresh says which landing batches it read, and when it was done. So the way from "landed" to "in the view" can be told for every landing batch, without a
# clock inside any event. (From the event to Kafka is the producer's way, and in a replay that means nothing.)

# %%
freshness = spark.sql(f"""
    SELECT l.landed_at, min(r.refreshed_at) AS shown_at,
           (unix_micros(min(r.refreshed_at)) - unix_micros(l.landed_at)) / 1e6D AS seconds
    FROM (
      SELECT coalesce(landed_batch, batch) AS landed_batch, min(landed_at) AS landed_at, sum(events) AS events
      FROM ops.ledger WHERE query = '{landing}' GROUP BY 1
    ) l
    JOIN ops.refreshes r ON concat(r.pipeline, '.', r.view) = '{VIEW}' AND l.landed_batch BETWEEN r.landed_from AND r.landed_through
    WHERE l.events > 0
    GROUP BY l.landed_batch, l.landed_at, l.events ORDER BY l.landed_at
""").toPandas()

lake.require_rows(f"what has landed for {VIEW}", len(freshness), "Refresh it first: './tidemark stream --once' does.")

axis = axes(f"From landed to shown in {VIEW}", "seconds", "when a batch landed, UTC")
axis.plot(freshness["landed_at"], freshness["seconds"], "o", color=charts.BLUE, alpha=0.6)
axis.set_ylim(bottom=0)
charts.by_time(axis)
plt.show()

middle, most, last = freshness["seconds"].quantile([0.5, 0.95, 1])
batches = counted(len(freshness), "landing batch", "landing batches")
if len(freshness) == 1:
    print(f"{batches}, which was in the view within {last:.1f} s.")
elif len(freshness) < 20:
    print(f"{batches} in the view, each within {last:.1f} s.")
else:
    print(f"{batches}: half of them were in the view within {middle:.1f} s, and 95 % within {most:.1f} s.")

# %% [markdown]
# A demo replays a month in a minute and shares its processors with a broker and a registry: a stream that only follows its topic is fresher. What is not final yet, and
# why it may change, is the subject of the next notebook, `02_is_it_final`.
