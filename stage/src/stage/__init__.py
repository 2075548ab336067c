"""The release view: which release gives users what, live, and why a release was stopped."""
