"""The parts that both demos share: a healthy start, voters, log lines of the rollout, and the final count."""

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
from demo.view import Voted, unseen
from demo.voters import Voters

RUNS_EVERY_S = 3  # between two checks of the analysis
QUIET_VOTES = 20  # this many accepted in a row mean that votes work again


class Story:
    """A demo on one environment that is fully rolled out, with voters on its URL; `voted` gets each vote."""

    def __init__(self, env: Environment, screen: Screen, voted: Voted = unseen, *, fast: bool) -> None:
        self.env, self.screen, self.fast = env, screen, fast
        self.urls = env.urls()
        self.limit_s = 240 if fast else 1200  # the seed's steps and their analyses take about ten minutes
        now = log_lines.phase(env.look())
        screen.say(f"{env.name} is {now}; it gets {env.tag}, as k8s/ describes it now")
        # The stable release then has the template that the revert applies, even if k8s/ has changed since.
        self.start = env.heal(fast=fast, seconds=self.limit_s)
        self.voters = Voters(self.urls["vote"], voted=voted)
        self._before: State | None = None
        self._told: set[str] = set()  # the analysis Jobs whose result was printed
        self._next_runs = 0.0
        self._result = Page(self.urls["result"])
        self._total = self._result.total()

    def seen(self, state: State) -> None:
        """Print what has changed and each new analysis result, and show the votes."""
        for line in log_lines.changes(self._before, state):
            self.screen.say(line)
        if state.current:
            self._before = state
        if state.canary and (state.aborted or time.monotonic() > self._next_runs):
            self._next_runs = time.monotonic() + RUNS_EVERY_S
            for run, each in analysis.ended(self.env.runs(state.release), self._told):
                said = self.env.kubectl.log(each.job)
                if said is not None:  # the API server may be unreachable for a moment
                    self._told.add(each.job)
                    self.screen.say(log_lines.measured(run, each, analysis.Verdict.read(said)))
        self.screen.votes(state, self.voters.counts())

    def revert(self, tag: str, release: str) -> None:
        """Apply the stable release's template again, and return once the Rollout is Healthy."""
        self.screen.say(f"revert: {self.env.name} gets {tag} again")
        if self.env.deploy(tag, fast=self.fast) != release:
            raise GateError(f"the template of {tag} has changed: k8s/ was edited during the demo")
        what = "the stable release is Healthy again"
        self.env.wait_for(lambda state: state.healthy, what=what, release=release, seconds=60, seen=self.seen)

    def wait_for_votes(self) -> None:
        """Return once votes are accepted again, by any release."""
        seen = len(self.voters.votes)

        def work() -> bool:
            newest = self.voters.votes[seen:][-QUIET_VOTES:]
            return len(newest) == QUIET_VOTES and all(vote.ok for vote in newest)

        until(work, what="votes work again", seconds=60)
        self.screen.say(f"votes work again: the last {QUIET_VOTES} were all accepted")

    def counted(self) -> int:
        """Stop the voters; returns the votes that the tally has gained within at most 30 seconds."""
        self.voters.stop()

        def gained() -> int:
            return self._result.total() - self._total

        with suppress(TimedOutError):  # missing votes are lost, and the figures show it
            until(lambda: gained() >= self.voters.accepted, what="every vote is counted", seconds=30)
        return gained()


@contextmanager
def interruptible(story: Story) -> Iterator[None]:
    """Run the voters and the screen, and stop both; after an interruption, print the environment's status."""
    try:
        with story.screen, story.voters:
            yield
    except BaseException:
        story.screen.say(phase_of(story.env, story.start))
        raise


def phase_of(env: Environment, start: State) -> str:
    """The environment's status after an interruption, and how to restore it."""
    try:
        state = env.look()
    except DeliveryError as error:
        return f"the status of {env.name} is unknown: {error}"
    if state.healthy:
        return f"{env.name} is Healthy on {state.tag}"
    back = f"make deploy ENV={env.name} IMAGE_TAG={start.tag}"
    return f"{env.name} is {state.phase} with {state.tag}; restore it with: {back}"
