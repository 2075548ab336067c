import pytest
from werkzeug.datastructures import MultiDict

from apm.question import BadQuestionError, Question

GOOD = {"app": "acme-vote", "env": "qa", "metric": "errorRate", "window": "5m"}


def read(pairs: dict[str, str | list[str]]) -> Question:
    return Question.from_args(MultiDict(pairs))


def test_a_query_with_all_parameters():
    assert read(GOOD | {"release": "6f9c7d4b8"}) == Question(
        app="acme-vote", env="qa", metric="errorRate", window="5m", release="6f9c7d4b8"
    )


def test_environment_and_release_are_optional():
    asked = read({"app": "acme-vote", "metric": "errorRate", "window": "5m"})

    assert (asked.env, asked.release) == (None, None)


@pytest.mark.parametrize("window", ["10s", "90s", "1m", "5m", "1h", "24h", "1440m", "86400s"])
def test_windows_from_ten_seconds_to_a_day(window):
    assert read(GOOD | {"window": window}).window == window


@pytest.mark.parametrize("name", ["app", "metric", "window"])
def test_a_missing_parameter_is_named(name):
    left = {key: value for key, value in GOOD.items() if key != name}

    with pytest.raises(BadQuestionError, match=f"^{name} is missing"):
        read(left)


@pytest.mark.parametrize(
    ("name", "values"),
    {
        "app": ["", "vote", "-vote", "acme-", "Upper-vote", 'a-b",x="', "a-b\n", "a" * 62 + "-b"],
        "env": ["", "QA", "-qa", ".+", "qa\n", "q a", 'qa"', "q" * 64],
        "metric": ["", "error-rate", "error rate", "1st", "errorRate\n"],
        "window": [
            *("", "5", "m", "5M", "-5m", "0m", "05m", "5.5m", "1d", "1h30m", "5m ", "5m\n", "5m]", "\u0665m"),
            *("9s", "86401s", "1441m", "25h", "9" * 62 + "s"),
        ],
        "release": ["", "a b", 'a"', "a\\", "a\n", "é", "x" * 64],
    }.items(),
)
def test_a_bad_value_is_named_in_one_line(name, values):
    for value in values:
        with pytest.raises(BadQuestionError, match=f"^{name} must ") as raised:
            read(GOOD | {name: value})
        assert "\n" not in str(raised.value)


def test_a_parameter_given_twice_is_refused():
    with pytest.raises(BadQuestionError, match="env is given more than once"):
        read(GOOD | {"env": ["qa", "staging"]})


def test_an_unknown_parameter_is_refused_and_not_ignored():
    with pytest.raises(BadQuestionError, match="unknown parameter"):
        read(GOOD | {"realease": "6f9c7d4b8"})
