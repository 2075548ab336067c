"""A deployment's record as Markdown."""
