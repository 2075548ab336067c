"""Changes to how releases are judged, promoted or aborted, each with the policy that must catch it."""

from k8s import policies
from k8s.tests.manifests import argument, canary, error_rate, health_only, job, of

MUTANTS = {
    "every failure forgiven": (policies.limits_can_fail, lambda o: job(o)[0].update(count=1, failureLimit=1)),
    "no limit": (policies.limits_can_fail, lambda o: job(o)[0].update(failureLimit=-1)),
    "a thousand failures forgiven": (
        policies.limits_can_fail,
        lambda o: job(o)[0].update(failureLimit=1000),
    ),
    "a threshold that nothing reaches": (
        policies.limits_can_fail,
        lambda o: argument(error_rate(o), "error-threshold").update(value="101"),
    ),
    "a threshold that a Rollout gives": (
        policies.limits_can_fail,
        lambda o: canary(o)["analysis"]["args"].append({"name": "error-threshold", "value": "100"}),
    ),
    "no requests are enough": (
        policies.limits_can_fail,
        lambda o: argument(error_rate(o), "min-requests").update(value="0"),
    ),
    "a background analysis that begins too late": (
        policies.background_begins_in_time,
        lambda o: argument(canary(o)["analysis"], "initial-delay").update(value="1h"),
    ),
    "a background analysis that measures once": (
        policies.limits_can_fail,
        lambda o: argument(canary(o)["analysis"], "count").update(value="1"),
    ),
    "users enter by the stable release's Service": (
        policies.users_reach_every_release,
        lambda o: canary(o).update(stableService="vote"),
    ),
    "a release that never runs and stays": (
        policies.bad_releases_are_aborted,
        lambda o: of(o, "Rollout", "vote")["spec"].update(progressDeadlineAbort=False),
    ),
    "a second try": (policies.limits_can_fail, lambda o: job(o)[1].pop("backoffLimit")),
    "a Job that hangs": (policies.limits_can_fail, lambda o: job(o)[1].pop("activeDeadlineSeconds")),
    "a Job that restarts": (
        policies.limits_can_fail,
        lambda o: job(o)[1]["template"]["spec"].update(restartPolicy="OnFailure"),
    ),
    "no background analysis": (policies.releases_are_judged, lambda o: canary(o).pop("analysis")),
    "health alone beside the steps": (
        policies.releases_are_judged,
        lambda o: health_only(canary(o)["analysis"]),
    ),
    "health alone at the end": (
        policies.releases_are_judged,
        lambda o: health_only(canary(o)["steps"][-1]["analysis"]),
    ),
}
