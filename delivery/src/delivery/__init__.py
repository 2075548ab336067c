"""What every workflow calls: build, deploy, promote, roll back, and say how things stand."""
