"""A deployment's record, and how two of them become one."""
