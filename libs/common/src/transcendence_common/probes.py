"""Paths of health checks and metrics on a service's own port; the gateway routes none of them."""

PROBE_PATHS = ("/health/", "/watchman", "/metrics")
