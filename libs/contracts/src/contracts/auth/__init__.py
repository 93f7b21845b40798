"""Requests and answers of auth."""
