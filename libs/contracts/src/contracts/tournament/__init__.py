"""Requests and answers of tournament."""
