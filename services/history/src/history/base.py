from advanced_alchemy.base import DefaultBase


class HistoryBase(DefaultBase):
    """Declarative base of history's tables; the bind key separates them from other services' tables."""

    __abstract__ = True
    __bind_key__ = "history"
