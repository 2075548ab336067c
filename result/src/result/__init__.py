"""Shows the tally live, pushed to every viewer by server-sent events."""
