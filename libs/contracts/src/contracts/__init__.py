"""Types of everything sent between services, pages and tests, each declared once."""
