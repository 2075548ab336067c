"""The commands, each in the file of its name: its options, the order of its steps, and its outputs."""
