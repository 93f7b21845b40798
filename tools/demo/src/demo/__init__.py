"""Demo players for a platform that runs on this machine: accounts, live matches and tournaments."""
