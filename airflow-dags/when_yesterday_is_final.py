"""An example of a DAG of your own: it does its work when yesterday's numbers are final."""

from datetime import date, datetime, timedelta, timezone

from airflow.sdk import dag, task

from tidemark_airflow.assets import last_event, view_asset

PIPELINE = "retail"
VIEW = "sales_by_product_day"

final = view_asset(PIPELINE, VIEW)


@dag(
    schedule=[final],
    start_date=datetime(2010, 12, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "tidemark", "retries": 2, "execution_timeout": timedelta(minutes=10)},
    tags=["tidemark", "example"],
    doc_md=f"""
### When yesterday is final

Runs whenever dates of `{PIPELINE}.{VIEW}` have been sealed, and goes on if the view is final through yesterday. That is
once a day as a rule; again, if dates are sealed again later that day, after late events for example; and not at all on
a day on which yesterday does not become final. Copy it, name your view, and put your work in place of `report`.
""",
)
def when_yesterday_is_final():
    """Waits for a view, then works."""

    @task.short_circuit(inlets=[final], doc_md="Goes on only if the view is final through yesterday (UTC).")
    def is_yesterday_final(inlet_events=None) -> bool:
        # Not the event that has started this run: a later one may say that less is final.
        last = last_event(inlet_events, final)
        through = last["tidemark"] if last else None
        yesterday = datetime.now(timezone.utc).date() - timedelta(days=1)
        print(f"Yesterday was {yesterday}; final through {through or 'no date yet'}")
        return through is not None and date.fromisoformat(through) >= yesterday

    @task(doc_md="Put your work here: every number through yesterday is final.")
    def report() -> None:
        print("Yesterday is final.")

    is_yesterday_final() >> report()


when_yesterday_is_final()
