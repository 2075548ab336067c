"""`delivery wait`, `promote`, `promote-rollout` and `rollback`: what becomes of a release."""

from collections.abc import Callable
from dataclasses import replace

from delivery import (
    docker,
    gates,
    history,
    manifests,
    overlay,
    pages,
    pulling,
    rollback,
    summary,
    tags,
    workloads,
)
from delivery.applying import deployments, on_main
from delivery.deploying import again, commit_and_apply, record
from delivery.environments import checked, require_next
from delivery.errors import DeliveryError, NothingToDoError
from delivery.history import Deployment
from delivery.notebook import Notebook, stamp
from delivery.overlay import Image
from delivery.project import Project
from delivery.rollout import State
from delivery.waiting import Goal, Watch, name, others, unready

Say = Callable[[str], None]
AFTERMATH_S = 60  # an aborted release's pods go after 30 seconds
SEEN_S = 60  # within which a controller looks at a new specification


def watch(project: Project, env: str, tag: str, say: Say) -> Watch:
    """A Watch on the release of a tag, which goes on with what was noted before."""
    known = history.of(env, deployments(project, project.git.fetch()))
    since = next((stamp(each.at) for each in known if each.tag == tag), "")
    notebook = Notebook.of(project.notes, env, tag, since)
    return Watch(project.cluster(env), notebook, project.notes, say)


def wait(project: Project, env: str, goal: Goal, *, tag: str | None, seconds: float, say: Say) -> State:
    """Wait until the release is where it should be, and summarize what was seen."""
    project.cluster(env).require()
    tag = overlay.tag(on_main(project, env).text) if tag is None else tags.checked(tag)
    seen = watch(project, env, tag, say)
    state = settle(project, seen, goal, seconds)
    if goal == "paused" and state.paused:
        project.summarize(summary.preview_ready(project.settings, env, state))
    else:
        verdicts = seen.notebook.verdicts
        project.summarize(
            summary.healthy(project.settings, env, state, seen.runs, verdicts, first=state.first)
        )
    return state


def released(project: Project, env: str, tag: str, say: Say) -> str:
    """The hash of a tag's release, once the controller knows it; empty in a dry run."""
    if project.hands.dry_run:
        return ""
    return watch(project, env, tag, say).until("seen", SEEN_S).release


def settle(project: Project, seen: Watch, goal: Goal, seconds: float) -> State:
    """Wait for the goal; a release that fails on the way is summarized with the reason of its checks."""
    try:
        return seen.until(goal, seconds)
    except DeliveryError as error:
        seen.aftermath(AFTERMATH_S)
        verdicts, env = seen.notebook.verdicts, seen.cluster.env
        found = summary.failed(seen.runs, verdicts)
        if found:
            reasons = "; ".join(dict.fromkeys(f"{said.check}: {said.reason}" for _, _, said in found))
            error = type(error)(f"{error} ({reasons})")
        if not isinstance(error, NothingToDoError):
            error.summary = summary.failure(
                project.settings, env, str(error), state=seen.state, runs=seen.runs, notebook=seen.notebook
            )
        raise error from None


def promote(project: Project, source: str, target: str, say: Say) -> Deployment:
    """Deploy to target the images that source runs, if they may go on."""
    require_next(source, target)
    for env in (source, target):
        project.cluster(env).require()
    now = on_main(project, source)
    named = now.images
    registry = {service: docker.pinned(image) for service, image in named.items()}
    objects = project.cluster(source).objects()
    state, rest = State.read(objects), others(objects)
    gates.may_leave(source, named["vote"].tag, state, unready(objects))
    if state is not None:  # the gate has seen to that
        running = {name(each): workloads.image(each["spec"]) for each in rest} | {"vote": state.image}
        gates.same_images(source, named, running, registry)
        gates.votes_work(source, errors_on=pages.errors_on(project.settings.url(source), state.release))
    pulling.require(project.cluster(target), named.values())
    say(f"{source} is Healthy with {named['vote'].tag}; it goes to {target}")
    known = history.of(source, deployments(project, now.commit))
    images = tuple(named.values())
    there = next((each for each in known if each.images == images), None)
    # The people are those of the deployment there: its commit may be one of a branch that is gone.
    wanted = again(project, there, target) if there else record(project, target, named)
    k8s = manifests.recorded(project.git, known[0]) if known else ""
    return commit_and_apply(project, replace(wanted, promoted_from=source, manifests=k8s), say)


def promote_rollout(project: Project, env: str, confirm: str, seconds: float, say: Say) -> State:
    """Make the release that waits active, and return once its address shows it."""
    cluster = project.cluster(checked(env))
    if confirm != gates.CONFIRMATION:
        gates.may_become_active(env, confirm, Image("", ""), None)
    cluster.require()
    named = on_main(project, env)
    tag = overlay.tag(named.text)
    seen = watch(project, env, tag, say)
    seen.look()
    gates.may_become_active(env, confirm, named.images["vote"], seen.state)
    before = seen.state.stable_tag if seen.state else ""
    project.output(image_tag=tag)  # now: it may fail from here on, and is reported all the same
    cluster.plugin("promote", hands=project.hands)
    if project.hands.dry_run and seen.state:
        return seen.state
    state = settle(project, seen, "healthy", seconds)
    with pages.client(project.settings.url(env)) as page:
        pages.wait_for(page, state.release)
    say(f"{project.settings.url(env)} shows release {state.release} ({tag})")
    project.summarize(summary.promoted(project.settings, env, state, before, by=project.surroundings.actor))
    return state


def roll_back(
    project: Project, env: str, why: str, seconds: float, say: Say
) -> tuple[Deployment, State | None]:
    """Abort what is rolling out, bring the release before back to main and the cluster, and wait for it.

    It comes back whole: images, manifests and configuration. A template that users never had gets its steps.
    """
    cluster = project.cluster(checked(env))
    cluster.require()
    now = on_main(project, env)
    deployed = history.of(env, deployments(project, now.commit))
    state, current = State.read(cluster.objects()), overlay.tag(now.text)
    has_steps = state is not None and state.strategy != "rolling"
    rolling_out = state is not None and state.release != state.stable
    stable = state.stable_tag if state and (rolling_out or state.tag != current) else ""
    to = rollback.target(deployed, current, stable)
    if state and has_steps and rolling_out and not state.aborted:
        say(f"{current} still rolls out; it is aborted")
        cluster.plugin("abort", hands=project.hands)
    images = tuple(on_main(project, env, to.commit).images.values())  # trailers may claim others
    wanted = replace(
        again(project, to, env),
        images=images,
        rollback_of=current,
        restores=to.commit,
        reason=why,
        manifests=manifests.recorded(project.git, to),
    )
    made = commit_and_apply(project, wanted, say)
    project.output(image_tag=to.tag)  # now: it may fail from here on, and is reported all the same
    if project.hands.dry_run:
        return made, None
    seen = watch(project, env, to.tag, say)
    goal: Goal = "healthy"
    if state and has_steps:
        release = seen.until("seen", SEEN_S).release
        if release in {each.stable for each in deployed} - {state.stable}:
            # Users had this very template: no steps, no analysis, and no person is waited for.
            cluster.plugin("promote", "--full", hands=project.hands)
        elif release != state.stable:
            say(f"{to.tag} never ran like this in {env}: it gets its steps and analyses")
            goal = "paused" if state.strategy == "blue-green" else goal
    return made, settle(project, seen, goal, seconds)
