"""Grafana's dashboards, written in Python and kept as JSON."""
