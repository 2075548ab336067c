"""`make bench`: compares the three services with a plain baseline, on the same servers, in one run."""
