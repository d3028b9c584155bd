# %%
# ruff: noqa
# Cells of the notebook once more, on what this lake does not have.
def again(word, **names):
    scope = {**globals(), **names}
    exec(next(cell for cell in In if word in cell), scope)
    return scope


# %%
found = pd.DataFrame(
    [
        ("few enough", "passed", 1.0, "<= 10"),
        ("few enough", "failed", 15.0, "<= 10"),
        ("few enough", "failed", 12.0, "<= 10"),
        ("as before", "passed", 0.2, "within 3 deviations of the mean"),
        ("as before", "failed", 0.6, "within 3 deviations of the mean"),
        ("as before", "failed", 0.5, "within 3 deviations of the mean"),
        ("fine", "passed", 0.8, ">= 0.7"),
        ("fine", "passed", 0.9, ">= 0.7"),
        ("fine", "passed", 0.7, ">= 0.7"),
    ],
    columns=["check", "outcome", "value", "expected"],
).assign(table="t", level="warning", rows=10, failing=0, date=[*pd.date_range("2010-12-01", periods=3)] * 3)
found["passed"] = found["outcome"] == "passed"
lines = again("summary = ", results=found)["summary"].set_index("check")
assert list(lines.loc["few enough", ["worst", "on"]]) == ["15.0000", "2010-12-02"], lines
assert list(lines.loc["as before", ["worst", "on"]]) == ["0.5000", "2010-12-03"], lines
assert list(lines.loc["fine", ["worst", "on"]]) == ["", ""], lines
print("The worst of a check is of a date that failed.")

# %%
# DuckDB estimates 1,249 distinct values in one of these columns.
duck.sql(f"CREATE TABLE ids AS SELECT {', '.join(f'range + {n}00000 AS c{n}' for n in range(8))} FROM range(1000)")
about = again("SUMMARIZE", EVENTS="ids")["profile"]["about_distinct"]
assert about.max() == 1000 > about.min(), f"estimates of 1000 values: {list(about)}"
print("No column has more distinct values than values.")
