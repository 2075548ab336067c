"""Output: Markdown, tables and log lines, rendered from the data of the domain."""
