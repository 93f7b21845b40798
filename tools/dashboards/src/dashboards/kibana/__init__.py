"""Generates Kibana's data views, searches and dashboards as saved objects."""
