"""What every rendered environment must keep: each policy is a function that lists what breaks it.

`delivery deploy` refuses an environment that breaks one, and `delivery verify` lists all that are broken.
Policies see rendered objects only, and import nothing of delivery.
"""

from collections.abc import Callable

from k8s.policies.access import access_stays_in_namespaces
from k8s.policies.network import (
    names_are_asked_of_the_cluster,
    nothing_leaves_unnamed,
    only_who_needs_it_gets_in,
)
from k8s.policies.objects import Object
from k8s.policies.pods import (
    image_tags_are_shown,
    images_are_pinned,
    no_secret_values,
    pods_are_left_alone,
    pods_are_probed,
    pods_are_restricted,
    pods_leave_gracefully,
)
from k8s.policies.releases import (
    background_begins_in_time,
    bad_releases_are_aborted,
    entry_has_every_release,
    limits_can_fail,
    promotion_is_manual,
    releases_are_judged,
)
from k8s.policies.wiring import (
    pods_are_isolated,
    references_exist,
    services_find_pods,
)

ALL: list[Callable[[list[Object]], list[str]]] = [
    images_are_pinned,
    image_tags_are_shown,
    pods_are_restricted,
    pods_are_left_alone,
    no_secret_values,
    pods_are_probed,
    pods_leave_gracefully,
    limits_can_fail,
    releases_are_judged,
    background_begins_in_time,
    promotion_is_manual,
    entry_has_every_release,
    bad_releases_are_aborted,
    references_exist,
    services_find_pods,
    pods_are_isolated,
    names_are_asked_of_the_cluster,
    nothing_leaves_unnamed,
    only_who_needs_it_gets_in,
    access_stays_in_namespaces,
]
