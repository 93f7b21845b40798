"""The monitoring that `make up MONITORING=1` runs in addition to the platform."""
