"""Policies for releases: how they are judged, promoted and aborted."""

import re
from collections.abc import Iterator

from k8s.policies.objects import Object, metrics, named, template_names

TOLERATED = 1  # failures of a metric: a single one may be chance
EVERY_VOTE = 100  # percent
ENDLESS = 0  # a metric without a count, or with this one, is measured until the rollout ends


def limits_can_fail(objects: list[Object]) -> list[str]:
    """Every analysis can fail: it tolerates one failure at most; its Job has a deadline and no retries."""
    wrong = []
    for thing in objects:
        for metric in metrics(thing):
            name = f"{thing['metadata']['name']} {metric['name']}"
            limit, count = metric.get("failureLimit", 0), filled(metric.get("count", ENDLESS), thing["spec"])
            if not 0 <= limit <= TOLERATED or ENDLESS != int(count) <= limit:
                wrong.append(f"{name}: tolerates {limit} failures of {count} measurements")
            job = metric["provider"]["job"]["spec"]
            if job.get("backoffLimit") != 0 or "activeDeadlineSeconds" not in job:
                wrong.append(f"{name}: its Job has no deadline, or retries")
            if job["template"]["spec"].get("restartPolicy") != "Never":
                wrong.append(f"{name}: its Job restarts its container")
        given = {each["name"]: each["value"] for each in arguments(thing) if "value" in each}
        threshold, enough = float(given.get("error-threshold", 1)), int(given.get("min-requests", 1))
        if not 0 < threshold < EVERY_VOTE or enough < 1:
            wrong.append(f"{thing['metadata']['name']}: {threshold:g} % of {enough} requests can never fail")
        if ENDLESS != int(given.get("count", ENDLESS)) <= TOLERATED:
            wrong.append(f"{thing['metadata']['name']}: all {given['count']} measurements may fail")
    return wrong


def filled(value: object, *scopes: Object) -> str:
    """A value with each {{args.NAME}} replaced by the first scope's value for it."""
    given = {
        each["name"]: each["value"]
        for scope in reversed(scopes)
        for each in scope.get("args", [])
        if "value" in each
    }
    return re.sub(r"\{\{args\.([\w-]+)\}\}", lambda found: given[found[1]], str(value))


def arguments(part: object) -> Iterator[Object]:
    """Every argument in an AnalysisTemplate or a Rollout, with or without a value."""
    if isinstance(part, dict):
        yield from (each for each in part.get("args", []) if isinstance(each, dict))
        for value in part.values():
            yield from arguments(value)
    elif isinstance(part, list):
        for value in part:
            yield from arguments(value)


def releases_are_judged(objects: list[Object]) -> list[str]:
    """The error rate judges every release, a canary also beside its steps; a health check is not enough."""
    wrong = []
    templates = named(objects, "AnalysisTemplate")
    for name, rollout in named(objects, "Rollout").items():
        strategy = rollout["spec"]["strategy"]
        if "canary" in strategy:
            judged = [strategy["canary"].get("analysis", {})]
            judged += [step["analysis"] for step in strategy["canary"]["steps"] if "analysis" in step][-1:]
        else:
            judged = [strategy["blueGreen"].get("prePromotionAnalysis", {})]
        for analysis in judged:
            seen = {name for name in template_names(analysis) for name in metric_names(templates, name)}
            if "error-rate" not in seen:
                wrong.append(f"{name}: {analysis.get('templates')}")
    return wrong


def metric_names(templates: dict[str, Object], name: str) -> set[str]:
    """The metrics of a template and of the templates that it includes."""
    if name not in templates:
        return set()
    spec = templates[name]["spec"]
    parts = (metric_names(templates, each["templateName"]) for each in spec.get("templates", []))
    return {metric["name"] for metric in spec.get("metrics", [])}.union(*parts)


def background_begins_in_time(objects: list[Object]) -> list[str]:
    """The analysis beside the steps starts before the first pause ends, while few users are affected."""
    wrong = []
    templates = named(objects, "AnalysisTemplate")
    for name, rollout in named(objects, "Rollout").items():
        canary = rollout["spec"]["strategy"].get("canary", {})
        pauses = [
            seconds((step["pause"] or {}).get("duration", "0"))
            for step in canary.get("steps", [])
            if "pause" in step
        ]
        analysis = canary.get("analysis", {})
        for template in template_names(analysis):
            spec = templates.get(template, {}).get("spec", {})
            wrong += [
                f"{name}: {metric['name']} begins after the first pause"
                for metric in spec.get("metrics", [])
                if seconds(filled(metric.get("initialDelay", "0"), analysis, spec)) >= next(iter(pauses), 0)
            ]
    return wrong


def seconds(duration: object) -> float:
    """A duration as Argo Rollouts reads it: 90, 90s, 2m or 1h."""
    number, unit = re.fullmatch(r"(\d+)([smh]?)", str(duration)).groups()  # type: ignore[union-attr]
    return int(number) * {"s": 1, "m": 60, "h": 3600}[unit or "s"]


def promotion_is_manual(objects: list[Object]) -> list[str]:
    """A blue-green release waits until a person has checked its preview and promotes it."""
    wrong = []
    for name, rollout in named(objects, "Rollout").items():
        strategy = rollout["spec"]["strategy"].get("blueGreen")
        if strategy is not None and strategy.get("autoPromotionEnabled") is not False:
            wrong.append(name)
    return wrong


def users_reach_every_release(objects: list[Object]) -> list[str]:
    """A canary's users enter through a third Service, as the other two select one release each."""
    wrong = []
    for name, rollout in named(objects, "Rollout").items():
        canary = rollout["spec"]["strategy"].get("canary", {})
        steered = {canary.get("canaryService"), canary.get("stableService")}
        entries = {
            path["backend"]["service"]["name"]
            for each in named(objects, "Ingress").values()
            if each["metadata"]["name"] == name
            for rule in each["spec"]["rules"]
            for path in rule["http"]["paths"]
        }
        if canary and (entries & steered or len(steered) != 2):  # noqa: PLR2004 - two Services
            wrong.append(f"{name}: users enter through {', '.join(sorted(entries))}")
    return wrong


def bad_releases_are_aborted(objects: list[Object]) -> list[str]:
    """A release that does not become ready in time is aborted; otherwise it would stay half rolled out."""
    return [
        name
        for name, rollout in named(objects, "Rollout").items()
        if rollout["spec"].get("progressDeadlineAbort") is not True
    ]
