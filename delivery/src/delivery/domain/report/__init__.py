"""The record of a deployment, and the merging of two records."""
