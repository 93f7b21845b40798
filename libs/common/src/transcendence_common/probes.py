"""The addresses that machines ask on a service's own port; the gateway routes none of them."""

PROBE_PATHS = ("/health/", "/watchman", "/metrics")
