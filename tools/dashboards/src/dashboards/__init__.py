"""Grafana's and Kibana's dashboards, written in Python and kept as JSON."""
