"""Answers what share of a release's votes fails, from Prometheus."""
