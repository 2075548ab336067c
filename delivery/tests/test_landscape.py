import random
import re
from datetime import UTC, datetime, timedelta

import pytest

from delivery.domain.attribution import Person
from delivery.domain.errors import ConfigurationError
from delivery.output import dashboard

from .test_markdown import HOSTILE

NOW = datetime(2026, 1, 2, 3, 27, tzinfo=UTC)
README = "# acme\n\nbefore\n\n<!-- deployments:begin -->\nold\n<!-- deployments:end -->\n\nafter\n"


def minutes(count):
    return timedelta(minutes=count)


def draw(settings, deployed, **changes):
    usual = {"phases": {}, "previews": ["staging"], "reports": {}, "now": NOW}
    return dashboard.dashboard(settings, deployed, **usual | changes)


def test_the_dashboard(settings, deployment, golden):
    zoe = Person("Zoë Ångström 山田", "z@example.org")
    deployed = [
        deployment("bbbbbbb-20260102032000", "qa", at=NOW - minutes(2), rollback_of="ccccccc-20260102031500"),
        deployment("ccccccc-20260102031500", "qa", at=NOW - minutes(9), people=(zoe,), commit="e" * 40),
        deployment("ccccccc-20260102031500", "dev", at=NOW - minutes(17), people=(zoe,), run_url=""),
        *(
            deployment(f"bbbbbbb-2026010{day}030405", "dev", at=NOW - minutes(1440 * day))
            for day in range(1, 8)
        ),
        deployment("aaaaaaa-20251101000000", "staging", at=NOW - minutes(60_000)),
    ]
    golden(
        "dashboard.md",
        draw(
            settings,
            deployed,
            phases={"dev": "Healthy", "qa": "Aborted"},
            reports={"e" * 40: ".deployments/2026-01-02-ccccccc-v17-qa-deployment-report.md"},
        ),
    )


def test_an_environment_without_deployments(settings, golden):
    golden("dashboard-empty.md", draw(settings, []))


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_breaks_the_table(settings, deployment, name):
    whole = draw(settings, [deployment(people=(Person(name, "x@y"),))], phases={"qa": name})
    rows = [line for line in whole.splitlines() if line.startswith("|")]

    assert len(rows) == 6
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {9}
    assert "<script" not in whole
    assert "<!--" not in whole
    readme = dashboard.replaced(README, whole)
    assert dashboard.replaced(readme, whole) == readme


def test_only_the_text_between_the_marks_changes():
    after = dashboard.replaced(README, "new\n")

    assert after == README.replace("old", "new")
    assert dashboard.replaced(after, "new") == after


@pytest.mark.parametrize(
    "readme",
    [
        "# acme\n",
        README.replace("<!-- deployments:end -->", ""),
        README + README,
        "<!-- deployments:end -->\n<!-- deployments:begin -->\n",
        README.replace("<!-- deployments:begin -->", "`<!-- deployments:begin -->`"),
    ],
)
def test_a_readme_without_marks_says_what_to_add(readme):
    with pytest.raises(ConfigurationError, match="needs one line <!-- deployments:begin -->"):
        dashboard.replaced(readme, "new")


def test_when_it_was_updated_is_read_back(settings):
    assert dashboard.updated(dashboard.replaced(README, draw(settings, []))) == NOW
    assert dashboard.updated(README) is None
    assert dashboard.updated(README.replace("old", "Last updated: yesterday")) is None
    assert dashboard.updated(README.replace("old", "Last updated: 2026-13-02 03:27 UTC")) is None
    assert dashboard.updated("# acme\n") is None
    assert dashboard.updated(README.replace("old", "Renewed 2026-01-02 03:27 UTC")) == NOW  # in other words


def test_a_backslash_in_the_dashboard_is_no_group():
    assert r"\1 \g<0>" in dashboard.replaced(README, r"\1 \g<0>")


def test_a_time_in_the_future_is_now(deployment):
    assert dashboard.ago(NOW + minutes(5), NOW) == "now"
    assert dashboard.ago(NOW - minutes(17), NOW) == "17 minutes ago"


def test_any_text_is_contained(settings, deployment):
    dice = random.Random(7)  # noqa: S311 - the same texts every time
    for _ in range(300):
        name = "".join(
            chr(dice.choice((dice.randrange(32, 127), dice.randrange(0x110000)))) for _ in range(30)
        )
        name = name.encode("utf-8", "ignore").decode()
        whole = draw(settings, [deployment(people=(Person(name, "x@y"),))])
        assert len(whole.splitlines()) == len(draw(settings, [deployment()]).splitlines())
        assert not re.search(r"<(?!br>)", whole)
