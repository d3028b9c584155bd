"""An example of a DAG of your own: it does its work once, when yesterday's numbers are final."""

from datetime import date, datetime, timedelta, timezone

from airflow.sdk import dag, task

from tidemark_airflow.assets import view_asset

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

Runs whenever dates of `{PIPELINE}.{VIEW}` have been sealed, and goes on if all dates through yesterday are final: its
tidemark has reached yesterday. Copy it, name your view, and put your work in place of `report`.
""",
)
def when_yesterday_is_final():
    """Waits for a view, then works."""

    @task.short_circuit(doc_md="Goes on only if the tidemark of the view has reached yesterday (UTC).")
    def is_yesterday_final(triggering_asset_events=None) -> bool:
        events = triggering_asset_events[final] if triggering_asset_events else []
        tidemarks = [event.extra["tidemark"] for event in events if event.extra.get("tidemark")]
        yesterday = datetime.now(timezone.utc).date() - timedelta(days=1)
        print(f"Yesterday was {yesterday}; final through {max(tidemarks, default='no date yet')}")
        return any(date.fromisoformat(tidemark) >= yesterday for tidemark in tidemarks)

    @task(doc_md="Put your work here: every number through yesterday is final.")
    def report() -> None:
        print("Yesterday is final.")

    is_yesterday_final() >> report()


when_yesterday_is_final()
