"""Story 7: a preview waits until a person promotes it; a bad one is aborted and never becomes active."""

import subprocess
import sys
import time
from collections import Counter

import pytest

from delivery.adapters.polling import until
from delivery.domain.errors import TimedOutError
from demo.local_pages import Page
from e2e.cluster.load import Load
from e2e.cluster.rollouts import ending, failed_checks, kinds, new_release, others, require_aborted, revert

A_MINUTE = 60
SCALE_DOWN_DELAY = 30  # from the overlay; components/fast does not change it
LATE = 20  # seconds for pods to terminate and for us to notice it


def previewed(env, release):
    """Return once the preview URL shows this release."""
    env.wait_for(
        lambda state: state.preview == release and state.pods_of(release).ready,
        what="the preview Service selects it",
        release=release,
    )
    Page(env.urls()["vote-preview"]).wait_for(release)


def rows(env):
    """The votes in PostgreSQL per release."""
    query = "SELECT release, count(*) FROM votes GROUP BY release"
    psql = ["psql", "--username=voting", "--dbname=voting", "-At", "-c", query]
    said = env.kubectl("exec", "statefulset/postgres", "--", *psql, seconds=60)
    return Counter({release: int(count) for release, count in (line.split("|") for line in said.split())})


def deploy_again(env):
    """Run `make deploy` with the tag that is already running."""
    again = [sys.executable, "-m", "demo", "deploy", env.name, "--tag", env.look().tag]
    name = ["--name", env.cluster.name]
    return subprocess.run([*again, *name], capture_output=True, text=True, timeout=120, check=False)


def test_a_preview_waits_until_a_person_promotes_it(env, figure):
    before, urls = env.look(), env.urls()
    had = rows(env)
    active, preview = Page(urls["vote"]), Page(urls["vote-preview"])
    with Load(env) as on_active:
        started = time.monotonic()
        release = new_release(env)
        previewed(env, release)
        with Load(env, "vote-preview") as on_preview:
            env.wait_for(
                lambda state: state.paused, what="it waits for a person", release=release, seconds=180
            )
            paused = time.monotonic()
            with pytest.raises(TimedOutError):
                env.wait_for(lambda state: not state.paused, what="it goes on", seconds=A_MINUTE)
        assert (active.release(), preview.release()) == (before.release, release)
        assert {vote.release for vote in on_active.votes} == {before.release}
        assert {vote.release for vote in on_preview.votes} == {release}

        env.promote()
        asked = time.monotonic()
        env.wait_for(
            lambda state: state.active == release, what="the active Service selects it", release=release
        )
        active.wait_for(release)
        promoted = time.monotonic()

        same = deploy_again(env)
        assert (same.returncode, same.stdout) == (3, "")
        assert same.stderr.count("\n") == 1
        assert "already deployed" in same.stderr
        assert "no new rollout" in same.stderr

        state = env.wait_for(
            lambda now: now.healthy and not others(now),
            what="the old release has no pods",
            release=release,
            seconds=SCALE_DOWN_DELAY + LATE,
        )
        gone = time.monotonic() - asked
        on_active.wait_until_accepted()

    assert gone >= SCALE_DOWN_DELAY - 1  # the delay starts a moment before we notice the promotion
    assert state.pods_of(release).ready == 3
    assert kinds(env, release) == {"PrePromotion": {"Successful"}}
    assert on_active.failures() == on_preview.failures() == []
    wanted = Counter(vote.release for load in (on_active, on_preview) for vote in load.votes)
    until(lambda: rows(env) - had == wanted, what=f"each release's votes are rows: {wanted}", seconds=30)
    figure("deployed to Paused", f"{paused - started:.0f} s")
    figure("promoted to active", f"{promoted - asked:.1f} s; the old release gone after {gone:.0f} s")


def test_a_bad_preview_is_aborted_and_never_becomes_active(env):
    before, urls = env.look(), env.urls()
    with Load(env) as load:
        bad = new_release(env)
        previewed(env, bad)
        Page(urls["vote-preview"]).turn_errors(on=True)
        vote = Page(urls["vote-preview"]).vote()
        assert (vote.release, vote.status) == (bad, 500)

        state = ending(env, bad)

        require_aborted(state, before, "error-rate")
        assert state.active == before.release
        assert "Failed" in kinds(env, bad)["PrePromotion"]
        assert set(failed_checks(env, bad)) == {"error-rate"}
        revert(env, before)
        load.counted()
    assert load.failures() == []
    assert {vote.release for vote in load.votes} == {before.release}
