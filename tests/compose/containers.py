"""The parts of the stack, by their names in the compose file."""

SERVICES = ("auth", "history", "tournament")
DATABASES = tuple(f"{service}_db" for service in SERVICES)
IMAGES_OF_PYTHON = (*SERVICES, "ui")
OUR_IMAGES = (*IMAGES_OF_PYTHON, "gateway")
RUNNING = (*OUR_IMAGES, *DATABASES)
"""The serving containers. MAIL runs beside them; the migration jobs have ended."""
MAIL = "mail"
"""The image of this container has only a small shell."""
DATABASE_EXPORTERS = tuple(f"{database}_exporter" for database in DATABASES)
WATCHING = ("prometheus", "alertmanager", "host_exporter", *DATABASE_EXPORTERS)
"""The containers of the monitoring profile. Their images have only small shells, too."""
NGINX_EXPORTER = "nginx_exporter"
"""The image of this container has no shell and nothing that a health check could run."""
MONITOR_ROLES = tuple(f"{service}_monitor_role" for service in SERVICES)
"""Jobs of the monitoring profile, which end after the start."""
