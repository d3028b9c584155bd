# %%
# ruff: noqa
# A user stops Spark, as people do at the end of a notebook, and runs a cell further up once more.
spark.stop()
[again] = lake.spark().sql(f"SELECT count(*) FROM {EVENTS}").first()
assert again == in_events, f"{again} events, and {in_events} before Spark was stopped"
assert lake.spark() is lake.spark(), "each call opens another Spark"
print(f"Spark was stopped and opened again: {counted(again, 'event')}.")

# %%
# A lake of one landing batch, or of one date.
from datetime import date, datetime, timedelta

from matplotlib.dates import num2date


def shown(moment, label, draw):
    axis = axes("one", "")
    draw(axis)(moment, [1.0])
    label(axis)
    low, high = num2date(axis.get_xlim())
    texts = [text.get_text() for text in axis.get_xticklabels()]
    plt.close(axis.figure)
    return high - low, texts


for kind in ("plot", "bar"):
    span, labels = shown([date(2010, 12, 2)], charts.by_date, lambda axis, kind=kind: getattr(axis, kind))
    assert timedelta(days=3) <= span <= timedelta(days=7), f"one date in {span} of {kind}"
    assert not any(":" in label for label in labels), f"hours below a date: {labels}"
span, labels = shown([datetime(2026, 3, 1, 12, 30, 15)], charts.by_time, lambda axis: axis.scatter)
assert timedelta(seconds=50) <= span <= timedelta(minutes=2), f"one batch in {span}"
print("A single date, and a single batch, are shown among their neighbours.")
