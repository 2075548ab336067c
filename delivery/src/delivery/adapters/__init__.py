"""The edge: git, Docker, kubectl, pages and GitHub."""
