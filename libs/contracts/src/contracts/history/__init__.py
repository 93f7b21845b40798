"""Requests and answers of history."""
