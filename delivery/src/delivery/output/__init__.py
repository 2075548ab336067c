"""What is said: Markdown, tables and log lines, made from what the domain knows."""
