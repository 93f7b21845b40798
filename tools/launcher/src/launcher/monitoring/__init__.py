"""What `make up MONITORING=1` runs beside the platform."""
