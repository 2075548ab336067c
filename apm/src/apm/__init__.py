"""Answers queries for the error rate of a release, from Prometheus."""
