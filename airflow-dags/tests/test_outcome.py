import pytest

from tidemark_airflow import outcome

FOUND = {
    "view": "sales",
    "from": "2010-12-01",
    "to": "2010-12-03",
    "dates": 3,
    "outcome": "drifted",
    "drift_before": 5,
    "drift_after": 2,
    "causes": {"late": 4, "edited": 1},
    "sealed": 2,
    "last_closed": "2010-12-03",
    "open": ["2010-12-04"],
    "tidemark": "2010-12-01",
}


def test_drift_that_is_left_says_which_dates_and_why():
    why = outcome.failed_with({"exit_code": 10, "outcome": "drifted", "views": {"sales": FOUND}})
    assert why.splitlines() == [
        "Exit code 10: drift was found but not repaired, because another writer changed the table meanwhile. A retry looks again.",
        "sales: 3 dates from 2010-12-01 to 2010-12-03: drifted; rows that differed: 5 before, 2 after"
        " (causes: 1 edited, 4 late); 2 dates sealed.",
        "sales: still open, so not sealed yet: 2010-12-04.",
        "sales: final through 2010-12-01.",
    ]


def test_a_gate_that_refuses_says_which_dates_and_why():
    refused = FOUND | {"outcome": "refused", "refused": [{"date": "2010-12-02", "reason": "the price is plausible"}]}
    why = outcome.failed_with({"exit_code": 11, "outcome": "refused", "views": {"sales": refused}})
    assert "Exit code 11: a quality check did not pass or has not run." in why
    assert "sales: 2010-12-02 refused, so not repaired or sealed: the price is plausible." in why


def test_a_date_that_waits_for_a_check_is_not_called_refused():
    waiting = FOUND | {"outcome": "waiting", "waiting": [{"date": "2010-12-02", "reason": "it has not run"}]}
    why = outcome.failed_with({"exit_code": 11, "outcome": "waiting", "views": {"sales": waiting}})
    assert "sales: 2010-12-02 waits for a check, so not repaired or sealed: it has not run." in why
    assert "refused" not in why


def test_checks_that_did_not_pass_are_named_with_their_dates_and_no_others():
    passed = {"date": "2010-12-01", "outcome": "passed", "value": 1.0, "rows": 199, "failing": 0, "message": None}
    failed = {"date": "2010-12-03", "outcome": "failed", "value": 0.9, "rows": 190, "failing": 19, "message": None}
    error = {
        "date": None,
        "outcome": "error",
        "value": None,
        "rows": None,
        "failing": None,
        "message": "no such column",
    }
    checks = [
        {"check": "a price is plausible", "level": "error", "accepted": ">= 1", "results": [passed, failed]},
        {"check": "a code is there once", "level": "warning", "accepted": ">= 1", "results": [error]},
        {"check": "the country is there", "level": "error", "accepted": ">= 1", "results": [passed]},
    ]
    why = outcome.failed_with(
        {"exit_code": 11, "outcome": "failed", "tables": [{"table": "shop.events", "checks": checks}]}
    )
    assert why.splitlines()[1:] == [
        "shop.events: a price is plausible (error): 2010-12-03 failed with 0.9, 19 of 190 rows do not meet it,"
        " accepted >= 1",
        "shop.events: a code is there once (warning): all dates error: no such column, accepted >= 1",
    ]


def test_checks_that_failed_before_are_named_too():
    failing = [{"check": "a code is there once", "gate": "seal", "results": 3}]
    table = {"table": "shop.events", "checks": [], "still_failing": failing}
    why = outcome.failed_with({"exit_code": 11, "outcome": "refused", "tables": [table]})
    assert "shop.events: a code is there once still fails, in 3 results of earlier runs" in why


def test_a_failure_is_told_in_its_own_words():
    why = outcome.failed_with({"exit_code": 2, "outcome": "open", "message": "Cannot reconcile 2010-12-31: it is open"})
    assert why == "Exit code 2: Cannot reconcile 2010-12-31: it is open."


def test_what_went_well_has_nothing_to_tell():
    assert outcome.failed_with({"exit_code": 0, "outcome": "in sync", "views": {"sales": FOUND}}) is None


def test_dates_sealed_since_the_last_event_are_told_by_instants_and_not_by_text():
    sealed = {"2010-12-01": "2026-11-29T14:17:11.345Z", "2010-12-02": "2026-11-29T14:17:11.345060Z"}
    last = {"sealed_through": "2026-11-29T14:17:11.345Z"}
    assert outcome.sealed_since(sealed, last) == {"2010-12-02": "2026-11-29T14:17:11.345060Z"}
    assert outcome.sealed_since(sealed, None) == sealed


def test_a_date_whose_seal_is_seen_after_a_later_one_is_told_and_told_once():
    first = {"2010-12-01": "2026-11-29T14:00:00Z", "2010-12-02": "2026-11-29T14:00:00Z"}
    told = outcome.event(first, "2010-12-02", None, "2026-11-29T14:01:00Z")
    assert told == {
        "dates": [["2010-12-01", "2010-12-02"]],
        "tidemark": "2010-12-02",
        "as_of": "2026-11-29T14:01:00Z",
        "sealed_through": "2026-11-29T14:00:00Z",
        "seals": {"2026-11-29T14:00:00Z": [["2010-12-01", "2010-12-02"]]},
    }
    # A run that began before that one has ended after it.
    seen = first | {"2010-12-03": "2026-11-29T12:30:00Z"}
    new = outcome.sealed_since(seen, told)
    assert new == {"2010-12-03": "2026-11-29T12:30:00Z"}

    later = outcome.event(new, "2010-12-03", told)
    assert later["sealed_through"] == "2026-11-29T14:00:00Z"
    assert outcome.sealed_since(seen, later) == {}


def test_a_date_that_is_sealed_again_is_told_again():
    told = outcome.event({"2010-12-01": "2026-11-29T14:00:00Z"}, "2010-12-01", None)
    again = {"2010-12-01": "2026-11-29T14:20:00Z"}
    assert outcome.sealed_since(again, told) == again


def test_an_event_remembers_the_seals_of_some_hours_and_no_more():
    last = outcome.event({"2010-12-01": "2026-11-29T04:00:00Z"}, "2010-12-01", None)
    last = outcome.event({"2010-12-02": "2026-11-30T04:00:00Z"}, "2010-12-02", last)
    assert last["seals"] == {"2026-11-30T04:00:00Z": [["2010-12-02", "2010-12-02"]]}


@pytest.mark.parametrize(
    ("ended", "final"),
    [
        ({"exit_code": 1, "outcome": "failed"}, False),
        ({"exit_code": 2, "outcome": "failed"}, True),
        ({"exit_code": 2, "outcome": "open"}, True),
        ({"exit_code": 10, "outcome": "drifted"}, False),
        ({"exit_code": 11, "outcome": "failed", "tables": []}, True),
        ({"exit_code": 11, "outcome": "refused", "views": {"sales": {"refused": [{"failed": True}]}}}, True),
        (
            {
                "exit_code": 11,
                "outcome": "refused",
                "views": {"sales": {"refused": [{"failed": True}], "waiting": [{"failed": False}]}},
            },
            False,
        ),
        # As jars of earlier versions have it.
        (
            {
                "exit_code": 11,
                "outcome": "refused",
                "views": {"sales": {"refused": [{"failed": True}, {"failed": False}]}},
            },
            False,
        ),
    ],
)
def test_a_retry_is_of_no_use_where_it_would_end_in_the_same_way(ended, final):
    assert outcome.is_final(ended) is final


def test_a_place_for_outcomes_holds_whatever_a_run_is_called(tmp_path):
    file = outcome.path(
        str(tmp_path), "retail_reconcile", "scheduled__2026-11-29T04:00:00+00:00/../../x", "reconcile_a"
    )
    assert file.parent.parent.parent == type(file)(str(tmp_path))
    assert outcome.read(file) is None
