"""The policies for every rendered environment: each is a function that returns the violations it finds.

`delivery deploy` refuses an environment that violates a policy, and `delivery verify` lists all violations.
Policies read rendered objects only, and import nothing from delivery.
"""

from collections.abc import Callable

from k8s.policies.access import access_stays_in_namespaces
from k8s.policies.network import (
    dns_stays_in_the_cluster,
    egress_is_restricted,
    ingress_is_restricted,
)
from k8s.policies.objects import Object
from k8s.policies.pods import (
    image_tags_are_shown,
    images_are_pinned,
    no_secret_values,
    pods_are_probed,
    pods_are_restricted,
    pods_get_no_token_or_service_links,
    pods_shut_down_gracefully,
)
from k8s.policies.releases import (
    background_begins_in_time,
    bad_releases_are_aborted,
    limits_can_fail,
    promotion_is_manual,
    releases_are_judged,
    users_reach_every_release,
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
    pods_get_no_token_or_service_links,
    no_secret_values,
    pods_are_probed,
    pods_shut_down_gracefully,
    limits_can_fail,
    releases_are_judged,
    background_begins_in_time,
    promotion_is_manual,
    users_reach_every_release,
    bad_releases_are_aborted,
    references_exist,
    services_find_pods,
    pods_are_isolated,
    dns_stays_in_the_cluster,
    egress_is_restricted,
    ingress_is_restricted,
    access_stays_in_namespaces,
]
