"""Adapters for git, Docker, kubectl, pages and GitHub."""
