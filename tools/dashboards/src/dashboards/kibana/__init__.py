"""Kibana's data views, searches and dashboards, written in Python and kept as saved objects."""
