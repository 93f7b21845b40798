"""What every service of the platform is built from: one file an idea, no knowledge of any service."""
