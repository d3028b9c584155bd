"""How the notebooks draw and print, so that they look alike."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.ticker import FuncFormatter, MaxNLocator

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas.io.formats.style import Styler

#: Colours that colour-blind people tell apart too.
BLUE, SKY, GREEN, YELLOW, ORANGE, RED, PINK, GREY = (
    "#0072b2",
    "#56b4e9",
    "#009e73",
    "#e6ab02",
    "#e69f00",
    "#d55e00",
    "#cc79a7",
    "#999999",
)

#: How a date of a view stands.
STATES = {"sealed": GREEN, "closed": SKY, "open": GREY, "dirty": RED, "refused": ORANGE}

#: Why a row was not right.
CAUSES = {
    "late": ORANGE,
    "replayed": PINK,
    "duplicate": BLUE,
    "definition": SKY,
    "dimension": GREEN,
    "edited": YELLOW,
    "erased": GREY,
    "unexplained": RED,
}

plt.rcParams.update(
    {
        "figure.figsize": (10, 3.6),
        "figure.dpi": 100,
        "figure.constrained_layout.use": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.titlelocation": "left",
        "grid.alpha": 0.3,
        "legend.frameon": False,
    }
)


def axes(title: str, y: str, x: str = "") -> Axes:
    """Axes of a new figure, with a title and labels."""
    axis = plt.subplots()[1]
    axis.set_title(title)
    axis.set_ylabel(y)
    axis.set_xlabel(x)
    return axis


def by_date(axis: Axes) -> None:
    """Has dates below, and few of them, never hours."""
    by_time(axis, timedelta(days=5))


def by_time(axis: Axes, least: timedelta = timedelta(minutes=1)) -> None:
    """Has times below, and few of them. Of a single one matplotlib would show years around: it shows so long at least."""
    low, high = axis.dataLim.intervalx
    missing = least / timedelta(days=1) - (high - low)
    if axis.get_autoscalex_on() and isfinite(missing) and missing > 0:
        axis.set_xlim(low - missing / 2, high + missing / 2)
    locator = AutoDateLocator(minticks=3, maxticks=9)
    axis.xaxis.set_major_locator(locator)
    axis.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def by_percent(axis: Axes) -> None:
    """Has percentages on the left, at round ones."""
    axis.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g} %"))


def with_separators(axis: Axes) -> None:
    """Has 12,000 on the left and not 12000."""
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))


def number(value: object) -> str:
    """With separators, decimals to their last digit, and floating-point numbers to the second."""
    text = f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def written(text: str | None) -> str:
    """A value that a table keeps as text."""
    try:
        return "nothing" if text is None else number(Decimal(text))
    except InvalidOperation:
        return text


def share(value: float) -> str:
    """As a percentage that never rounds up to all of it, nor down to nothing."""
    text = f"{100 * value:.2f} %"
    if value < 1 and text == "100.00 %":
        return "more than 99.99 %"
    return "less than 0.01 %" if value > 0 and text == "0.00 %" else text


def day(value: date) -> str:
    """As a sentence has it."""
    return f"{value:%A}, {value.day} {value:%B %Y}"


def moment(value: datetime) -> str:
    """To the second; all times of the notebooks are UTC."""
    return f"{value:%Y-%m-%d %H:%M:%S}"


def counted(count: int, one: str, many: str = "") -> str:
    """1 row, 2 rows."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def cell(value: object) -> str:
    """As a table of a notebook shows it."""
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    return number(value) if isinstance(value, (int, float, Decimal)) or hasattr(value, "dtype") else str(value)


def table(rows: pd.DataFrame) -> Styler:
    """A table without row numbers, its numbers to the right."""
    numbers = [name for name in rows if rows[name].map(lambda value: isinstance(value, (int, float, Decimal))).all()]
    return (
        rows.style.hide(axis="index")
        .format(cell)
        .set_properties(**{"text-align": "left"})
        .set_properties(subset=numbers, **{"text-align": "right"})
        .set_table_styles([{"selector": "th", "props": [("text-align", "left")]}])
    )
