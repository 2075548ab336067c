"""A record of a deployment as Markdown for people; every figure comes from the record."""

from delivery.domain.report.measurements import counted
from delivery.domain.report.record import Record
from delivery.output.markdown import code, table, text
from delivery.output.report.diagram import traffic
from delivery.output.report.evidence import MISSING, analyses, measured
from delivery.output.report.stages import durations, firsts, shown, title


def markdown(record: Record) -> str:
    """The whole report."""
    parts = [
        f"# {record['environment']}: {code(record['tag'])} is {text(record['outcome'])}\n",
        executive(record),
        changed(record),
        diagram(record),
        timeline(record),
        analyses(record),
        switch(record),
        rollback(record),
        stages(record),
        objects(record),
        missing(record),
    ]
    return "\n".join(part for part in parts if part).rstrip() + "\n"


def executive(record: Record) -> str:
    """What a person in a hurry reads."""
    made, before = record["deployment"], record["previous"]
    checks = counted(record)
    good = sum(each["phase"] == "Successful" for each in checks)
    button = f", {text(made['button'])}" if "button" in made else ""
    rows = [
        ["Outcome", text(record["outcome"])],
        [
            "Release",
            f"{code(record['tag'])}, version {code(record['version'])}, hash {known(record['release'])}",
        ],
        ["Before", code(before["tag"]) if before else "nothing that git knows"],
        ["Strategy", text(record["strategy"])],
        ["Made by", names(record["source"]["people"])],
        ["Deployed", f"{made['at']}, commit {code(made['commit'][:7])}{button}"],
        ["Run", f"<{made['run_url']}>" if made["run_url"] else "by hand"],
        ["Checks", f"{good} of {len(checks)} passed" if checks else "none"],
        ["Pages", " ".join(f"<{url}>" for url in record["urls"].values() if url)],
    ]
    if made["promoted_from"]:
        rows.append(["Promoted from", text(made["promoted_from"])])
    if made["rollback_of"]:
        rows.append(["Rolled back", code(made["rollback_of"])])
    if made["reason"]:
        rows.append(["Reason", text(made["reason"], 300)])
    return "## Executive summary\n\n" + table(["", ""], rows)


def changed(record: Record) -> str:
    """The commits since the deployment before, and the images."""
    rows = [
        [code(each["commit"][:7]), text(each["subject"]), names(each["people"])] for each in record["changes"]
    ]
    commits = (
        table(["Commit", "What", "By"], rows) if rows else f"Source: {text(record['source']['subject'])}\n"
    )
    images = "\n".join(f"- {code(each)}" for each in record["images"])
    return f"## What changed\n\n{commits}\nImages, pinned by digest:\n\n{images}\n"


def diagram(record: Record) -> str:
    """Who got which release, phase by phase."""
    drawn = traffic(record["observations"])
    return f"## Traffic\n\n```text\n{drawn}\n```\n" if drawn else f"## Traffic\n\n{MISSING}.\n"


def timeline(record: Record) -> str:
    """Everything with a time, minute by minute."""
    made = record["deployment"]
    entries = [(made["at"], f"commit {code(made['commit'][:7])} names {code(record['tag'])}")]
    entries += [(each["at"], look(each)) for each in firsts(record["observations"])]
    for run in record["analyses"]:
        entries.append((run["started"], f"{run['title']} begins ({code(run['name'])})"))
        ended = [each for each in run["measurements"] if each["finished"]]
        entries += [(each["finished"], measured(run, each)) for each in ended]
    entries += [
        (each["at"], f"{code(each['object'])} {text(each['message'], 160)}") for each in record["events"]
    ]
    lines, minute = [], ""
    for at, what in sorted(entries):
        if at[:16] != minute:
            minute = at[:16]
            lines.append(f"\n**{minute[11:]} UTC**\n")
        lines.append(f"- {at[17:19]} s: {what}")
    return "## Timeline\n" + "\n".join(lines) + "\n"


def look(observation: Record) -> str:
    """One look at the release."""
    pods = ", ".join(f"{each['role']} {each['ready']} of {each['wanted']}" for each in observation["pods"])
    weight = "" if observation["weight"] is None else f", weight {observation['weight']} %"
    why = f": {text(observation['message'], 240)}" if observation["message"] else ""
    return f"**{text(title(observation))}**{why}{weight}; pods ready: {pods or 'none'}"


def switch(record: Record) -> str:
    """When users were led to the new release; blue-green only."""
    if record["strategy"] != "blue-green":
        return ""
    lines, last = [], ("", "")
    for each in record["observations"]:
        now = (each["preview"], each["active"])
        if now != last:
            preview, active = (code(part) if part else "nothing" for part in now)
            lines.append(
                f"- {each['at'][11:19]}: preview leads to {preview}, active to {active} ({text(title(each))})"
            )
            last = now
    return "## Blue-green switch\n\n" + ("\n".join(lines) or f"{MISSING}.") + "\n"


def rollback(record: Record) -> str:
    """How users came back to the release before, where they had to."""
    looks = record["observations"]
    start = next((i for i, each in enumerate(looks) if each["phase"] == "Aborted"), None)
    if start is None:
        return ""
    lines = [f"- {each['at'][11:19]}: {look(each)}" for each in looks[max(0, start - 1) :]]
    return "## Rollback\n\n" + "\n".join(lines) + "\n"


def stages(record: Record) -> str:
    """How long each stage took."""
    rows = [[text(stage), shown(span)] for stage, span in durations(record)]
    return "## Durations\n\n" + (table(["Stage", "Took"], rows) if rows else f"{MISSING}.\n")


def objects(record: Record) -> str:
    """What Kubernetes made for this release, since its deployment."""
    rows = [[each["created"], each["kind"], code(each["name"])] for each in record["objects"]]
    return "## Kubernetes objects created\n\n" + (
        table(["At", "Kind", "Name"], rows) if rows else f"{MISSING}.\n"
    )


def missing(record: Record) -> str:
    """What this report cannot say."""
    if not record["missing"]:
        return ""
    return (
        "## Missing\n\nNobody observed:\n\n"
        + "\n".join(f"- {text(each, 200)}" for each in record["missing"])
        + "\n"
    )


def names(people: list[str]) -> str:
    """Who it was."""
    return ", ".join(text(each) for each in people) or "not known"


def known(value: str) -> str:
    """A hash, if anybody saw one."""
    return code(value) if value else MISSING
