"""What goes over the wire between services, pages and tests, declared once."""
