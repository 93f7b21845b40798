"""Secrets and the certificate: made once, then kept."""
