"""The report of one deployment: a record of what was observed, and the same for people."""
