"""Who got which release, drawn with plain characters from the pods that were observed."""

from collections.abc import Iterable

from delivery.domain.report.record import Record
from delivery.output.report.stages import title

PREVIEW = "preview"


def traffic(observations: Iterable[Record]) -> str:
    """One drawing for each look at which the share of a release had changed."""
    drawings, last = [], None
    for each in observations:
        shape = [*users(each), *testers(each)]
        if shape and shape != last:
            drawings.append("\n".join([f"{each['at'][11:19]}  {title(each)}{wanted(each)}", *shape]))
            last = shape
    return "\n\n".join(drawings)


def wanted(look: Record) -> str:
    """The weight that the step asks for."""
    return "" if look["weight"] is None or look["phase"] == "Aborted" else f"  (weight {look['weight']} %)"


def users(look: Record) -> list[str]:
    """The releases that users reach: Services share connections among ready pods."""
    serving = [each for each in look["pods"] if each["role"] != PREVIEW and reached(look, each)]
    total = sum(each["ready"] for each in serving)
    return drawn("users", [(each, each["ready"] / total) for each in serving if total])


def reached(look: Record, pods: Record) -> bool:
    """Whether users reach these pods: in blue-green, only the active release's."""
    return pods["ready"] > 0 and (not look["active"] or pods["release"] == look["active"])


def testers(look: Record) -> list[str]:
    """The preview, which only its own address leads to."""
    waiting = [each for each in look["pods"] if each["role"] == PREVIEW and each["ready"]]
    return drawn("preview's address", [(each, 1.0) for each in waiting])


def drawn(who: str, shares: list[tuple[Record, float]]) -> list[str]:
    """Arrows from somebody to releases, with shares and pods."""
    lines = [f"  {who}"] if shares else []
    for pods, share in shares:
        bar = "#" * pods["ready"] + "." * max(0, pods["wanted"] - pods["ready"])
        count = f"{pods['ready']} of {pods['wanted']} pods"
        lines.append(
            f"    |-- {share:>4.0%} --> {pods['role']:<7} {pods['release']} ({pods['tag']}) [{bar}] {count}"
        )
    return lines
