"""The commands, by what they are for; each imports what it needs only when it runs, for a quick start-up."""
