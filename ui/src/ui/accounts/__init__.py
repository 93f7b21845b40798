"""Register, sign in, sign out."""
