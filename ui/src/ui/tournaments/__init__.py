"""Tournaments: lists, the pages of one, its bracket, and what its people do there."""
