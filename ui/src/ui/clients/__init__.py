"""One module per backend: its calls, its shapes, and what ui makes of its silence."""
