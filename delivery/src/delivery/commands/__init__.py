"""The commands, one file each, of its name: its options, the order of its steps, what it hands on."""
