"""The whole app in a local Kubernetes cluster, and demos of its two rollout strategies."""
