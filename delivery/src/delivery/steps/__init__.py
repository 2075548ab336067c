"""What several commands have in common, in the order in which it happens."""
