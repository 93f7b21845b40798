"""Matches between two people on two machines: how one comes to be, and its court."""
