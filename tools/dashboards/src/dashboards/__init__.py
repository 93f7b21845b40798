"""Generates Grafana's and Kibana's dashboards as JSON."""
