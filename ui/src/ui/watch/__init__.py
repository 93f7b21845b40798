"""Matches that are on, and a seat beside the court."""
