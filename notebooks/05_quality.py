# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Quality
#
# That a number is final says that it is what the events make of it. Whether the events are what they should be is another question, and `./tidemark quality` asks it: it runs the checks of `quality.yaml` with [deequ](https://github.com/awslabs/deequ), date
# by date, and keeps every result in `ops.quality` and every measurement in `ops.quality_metrics`. This notebook reads the two as plain tables, without a JVM.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.colors import ListedColormap
from matplotlib.dates import date2num
from matplotlib.patches import Patch

import charts
import lake
from charts import axes, counted, number, share, table

EVENTS = "retail.events"
#: A column of the events, and the check that measures how complete it is.
COLUMN = "customer_id"

pipeline = EVENTS.split(".")[0]
if "ops.quality" not in lake.tables():
    raise lake.LakeError(
        f"Cannot show the quality of {lake.folder()}: nothing was checked yet. './tidemark quality --lake DIR' checks it."
    )
lake.require(EVENTS, "date", COLUMN)
duck = lake.duck()

# %% [markdown]
# ## What was found
#
# A date may have been checked more than once. What counts is the last result. `worst` is the value that is farthest from what is accepted, of the results that failed, and `on` its date: empty where all passed.

# %%
results = duck.sql(f"""
    SELECT table_name AS "table", check_name AS "check", date, level, outcome, value, expected, rows, failing, checked_at
    FROM ops.quality
    WHERE pipeline = '{pipeline}'
    QUALIFY row_number() OVER (PARTITION BY table_name, check_name, date ORDER BY checked_at DESC) = 1
    ORDER BY ALL
""").df()
lake.require_rows("ops.quality", len(results), "Check something first: './tidemark quality' does.")
results["date"] = pd.to_datetime(results["date"])
results["passed"] = results["outcome"] == "passed"

# %%
summary = results.groupby(["table", "check", "level"], as_index=False).agg(
    checked=("passed", "size"),
    passed=("passed", "sum"),
    rows=("rows", "sum"),
    failing=("failing", "sum"),
    accepted=("expected", "last"),
)
failures = results[results["outcome"] == "failed"]
# Where only a highest value is named, what is higher is worse.
far = failures["value"].where(~failures["expected"].str.startswith("<="), -failures["value"])
worst = failures.assign(far=far).sort_values(["far", "date"]).drop_duplicates(["table", "check"])
worst = worst[["table", "check", "value", "date"]].rename(columns={"value": "worst", "date": "on"})
summary = summary.merge(worst, on=["table", "check"], how="left")
summary["worst"] = ["" if pd.isna(value) else f"{value:.4f}" for value in summary["worst"]]
summary["on"] = ["" if pd.isna(date) else f"{date:%Y-%m-%d}" for date in summary["on"]]
table(summary.sort_values(["level", "failing"], ascending=[True, False]))

# %%
failed = summary[summary["passed"] < summary["checked"]]
whole = len(summary) - len(failed)
print(f"{whole} of {counted(len(summary), 'check')} passed everywhere.")
if len(failed):
    most = failed.loc[failed["failing"].idxmax()]
    print(
        f"Most rows are found by '{most['check']}' in {most['table']}: {number(int(most['failing']))} of {number(int(most['rows']))} "
        f"({share(most['failing'] / most['rows']) if most['rows'] else '0 %'}), on {number(int(most['checked'] - most['passed']))} of "
        f"{counted(int(most['checked']), 'date')}."
    )

# %% [markdown]
# ## Over time
#
# One look at all checks of all dates. A row that is red or orange from end to end is a check that says something about the business; a single cell is a bad day.

# %%
dated = results.dropna(subset=["date"])
dated = dated.assign(
    state=np.select([dated["passed"], dated["level"] == "warning"], [0, 1], default=2),
    name=dated["table"] + ": " + dated["check"],
)
grid = dated.pivot_table(index="name", columns="date", values="state", aggfunc="max")
days = pd.date_range(grid.columns.min(), grid.columns.max())
grid = grid.reindex(columns=days)

axis = axes("Every check, date by date", "", "date")
axis.figure.set_size_inches(10, 1.2 + 0.32 * len(grid))
axis.pcolormesh(
    date2num(days[0]) + np.arange(len(days) + 1) - 0.5,
    np.arange(len(grid) + 1) - 0.5,
    grid,
    cmap=ListedColormap([charts.GREEN, charts.ORANGE, charts.RED]),
    vmin=0,
    vmax=2,
    edgecolors="white",
)
axis.set_yticks(range(len(grid)), grid.index)
axis.invert_yaxis()
axis.grid(visible=False)
charts.by_date(axis)
labels = {"passed": charts.GREEN, "warning": charts.ORANGE, "error": charts.RED}
axis.legend(
    handles=[Patch(color=colour, label=label) for label, colour in labels.items()],
    ncols=3,
    loc="upper left",
    bbox_to_anchor=(0, -0.25),
)
plt.show()

# %% [markdown]
# ## A profile
#
# What the columns of the events are like, today. DuckDB makes it in one statement, from the files of the table. How many distinct values a column has is an estimate, off by some percent; it is cut at the number of values that are there.

# %%
profile = duck.sql(f"""
    SELECT column_name AS "column", column_type AS type, min, max,
           least(approx_unique, count - floor(count * null_percentage / 100)::BIGINT) AS about_distinct, null_percentage AS "null"
    FROM (SUMMARIZE SELECT COLUMNS(name -> NOT starts_with(name, '_')) FROM {EVENTS})
""").df()
profile["null"] = [share(float(value) / 100) for value in profile["null"]]
for name in ("min", "max"):
    profile[name] = profile[name].str.slice(0, 26)
table(profile)

# %% [markdown]
# And how one of them changed: the share of rows that have it, on every date, as deequ measured it.

# %%
measured = duck.sql(f"""
    SELECT date, value, rows FROM ops.quality_metrics
    WHERE pipeline = '{pipeline}' AND table_name = '{EVENTS}' AND metric = 'Completeness' AND instance = '{COLUMN}' AND filter IS NULL
      AND date IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY date ORDER BY measured_at DESC) = 1
    ORDER BY date
""").df()
lake.require_rows(f"the completeness of {COLUMN}", len(measured), "Add a check of it to quality.yaml.")
counted_here = duck.sql(f"""
    SELECT date, count({COLUMN}) / count(*) AS value, count(*) AS rows FROM {EVENTS} GROUP BY date ORDER BY date
""").df()

axis = axes(f"{COLUMN} is known", "share of rows", "date")
with_rows = measured[measured["rows"] > 0]
axis.plot(with_rows["date"], with_rows["value"], "o-", color=charts.BLUE, markersize=4)
charts.by_percent(axis)
charts.by_date(axis)
plt.show()

# %% [markdown]
# deequ says so, on another Spark, from the same files. Is it true? Counted here once more, for the dates that have as many rows as they had then:

# %%
both = measured.merge(counted_here, on=["date", "rows"], suffixes=("", "_here"))
assert (both["value"] - both["value_here"]).abs().max() < 1e-12, f"deequ and DuckDB differ:\n{both}"
worst = with_rows.loc[with_rows["value"].idxmin()]
print(
    f"{counted(len(both), 'date')} compared, and deequ and DuckDB agree on each. The worst was {charts.day(worst['date'])}, "
    f"when {share(worst['value'])} of {counted(int(worst['rows']), 'row')} had a {COLUMN}."
)

# %% [markdown]
# A check with `gate: seal` in `quality.yaml` goes further: it holds back the seal of a date that does not pass, and then the number is not final either.
