"""`python -m history` serves it."""

from history.settings import HistorySettings
from transcendence_common.server import serve

settings = HistorySettings.load()
serve("history.app:create_app", settings, port=settings.history_port)
