"""The whole app in a local Kubernetes cluster, with demos of its two rollout strategies."""
