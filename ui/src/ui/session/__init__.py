"""The browser's session: who is signed in, renewed on the way through, and which browser it is."""
