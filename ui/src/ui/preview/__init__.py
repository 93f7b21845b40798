"""Pages without the platform: stand-ins for the services, for tests and for work on the design.

`python -m ui.preview` serves every page on one port with made-up matches.
"""
