"""Generates Grafana's dashboards as JSON."""
