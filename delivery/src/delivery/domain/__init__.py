"""Decisions: pure functions and frozen data, without git, a cluster or the clock."""
