"""`make bench`: the three services beside a plain baseline, on the same servers, in one run."""
