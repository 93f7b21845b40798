"""Creates secrets and certificates once, and keeps them."""
