"""Shows the tally live."""
