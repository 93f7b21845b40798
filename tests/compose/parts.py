"""The parts of the stack, by the names of the compose file."""

SERVICES = ("auth", "history", "tournament")
DATABASES = tuple(f"{service}_db" for service in SERVICES)
IMAGES_OF_PYTHON = (*SERVICES, "ui")
OUR_IMAGES = (*IMAGES_OF_PYTHON, "gateway")
RUNNING = (*OUR_IMAGES, *DATABASES)
"""What serves; beside these there are MAIL, and the migration jobs, which have ended."""
MAIL = "mail"
"""Its image has a small shell only."""
