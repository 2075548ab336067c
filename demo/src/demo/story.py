"""What both demos share: a healthy start, voters, an eye on the rollout, and the count at the end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from delivery.adapters.polling import until
from delivery.domain import analysis
from delivery.domain.errors import DeliveryError, GateError, TimedOutError
from delivery.domain.rollout import State
from delivery.output import log_lines
from demo.environment import Environment
from demo.local_pages import Page
from demo.screen import Screen
from demo.voters import Voters

RUNS_EVERY_S = 3  # between two looks at the analysis
QUIET_VOTES = 20  # accepted one after the other: votes work again


class Story:
    """A demo on one environment that is fully rolled out, with voters on its address."""

    def __init__(self, env: Environment, screen: Screen, *, fast: bool) -> None:
        self.env, self.screen, self.fast = env, screen, fast
        self.urls = env.urls()
        self.limit_s = 240 if fast else 1200  # the seed's steps and their analyses take about ten minutes
        now = log_lines.phase(env.look())
        screen.say(f"{env.name} is {now}; it gets {env.tag}, as k8s/ describes it now")
        # So that the stable release has the template that a revert will apply, whatever was changed in k8s/.
        self.start = env.heal(fast=fast, seconds=self.limit_s)
        self.voters = Voters(self.urls["vote"])
        self._before: State | None = None
        self._told: set[str] = set()  # the analysis Jobs whose end was told
        self._next_runs = 0.0
        self._result = Page(self.urls["result"])
        self._total = self._result.total()

    def seen(self, state: State) -> None:
        """Say what is new, with what each analysis Job said, and show the votes."""
        for line in log_lines.changes(self._before, state):
            self.screen.say(line)
        if state.current:
            self._before = state
        if state.canary and (state.aborted or time.monotonic() > self._next_runs):
            self._next_runs = time.monotonic() + RUNS_EVERY_S
            for run, each in analysis.ended(self.env.runs(state.release), self._told):
                said = self.env.kubectl.log(each.job)
                if said is not None:  # the API server may be away for a moment
                    self._told.add(each.job)
                    self.screen.say(log_lines.measured(run, each, analysis.Verdict.read(said)))
        self.screen.votes(state, self.voters.counts())

    def revert(self, tag: str, release: str) -> None:
        """Apply the stable release's exact template again, and return once the Rollout is Healthy."""
        self.screen.say(f"revert: {self.env.name} gets {tag} again")
        if self.env.deploy(tag, fast=self.fast) != release:
            raise GateError(f"{tag} is not the same template any more: k8s/ was changed during the demo")
        what = "the stable release is Healthy again"
        self.env.wait_for(lambda state: state.healthy, what=what, release=release, seconds=60, seen=self.seen)

    def wait_for_votes(self) -> None:
        """Return once votes work again, wherever they go."""
        seen = len(self.voters.votes)

        def work() -> bool:
            newest = self.voters.votes[seen:][-QUIET_VOTES:]
            return len(newest) == QUIET_VOTES and all(vote.ok for vote in newest)

        until(work, what="votes work again", seconds=60)
        self.screen.say(f"votes work again: the last {QUIET_VOTES} were all accepted")

    def counted(self) -> int:
        """Stop the voters; how many votes the tally has gained, all of theirs or half a minute later."""
        self.voters.stop()

        def gained() -> int:
            return self._result.total() - self._total

        with suppress(TimedOutError):  # what is missing is lost, and the figures say so
            until(lambda: gained() >= self.voters.accepted, what="every vote is counted", seconds=30)
        return gained()


@contextmanager
def interruptible(story: Story) -> Iterator[None]:
    """Run the voters and the screen, and stop both; on an early end say how the cluster stands."""
    try:
        with story.screen, story.voters:
            yield
    except BaseException:
        story.screen.say(phase_of(story.env, story.start))
        raise


def phase_of(env: Environment, start: State) -> str:
    """How the environment stands after an early end, and how to bring it back."""
    try:
        state = env.look()
    except DeliveryError as error:
        return f"how {env.name} stands is not known: {error}"
    if state.healthy:
        return f"{env.name} is Healthy on {state.tag}"
    back = f"make deploy ENV={env.name} IMAGE_TAG={start.tag}"
    return f"{env.name} is {state.phase} with {state.tag}; bring it back with: {back}"
