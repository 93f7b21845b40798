"""The parts of the stack, by the names of the compose file."""

SERVICES = ("auth", "history", "tournament")
DATABASES = tuple(f"{service}_db" for service in SERVICES)
IMAGES_OF_PYTHON = (*SERVICES, "ui")
OUR_IMAGES = (*IMAGES_OF_PYTHON, "gateway")
RUNNING = (*OUR_IMAGES, *DATABASES)
"""What serves; beside these there are MAIL, and the migration jobs, which have ended."""
MAIL = "mail"
"""Its image has a small shell only."""
DATABASE_EXPORTERS = tuple(f"{database}_exporter" for database in DATABASES)
WATCHING = ("prometheus", "alertmanager", "host_exporter", *DATABASE_EXPORTERS)
"""What test_monitoring.py starts beside them; small shells too."""
NGINX_EXPORTER = "nginx_exporter"
"""Its image has no shell at all, and nothing that a health check could run."""
MONITOR_ROLES = tuple(f"{service}_monitor_role" for service in SERVICES)
"""Jobs of monitoring, which have ended."""
