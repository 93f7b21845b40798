"""What the tables of auth have in common."""

from advanced_alchemy.base import DefaultBase


class AuthBase(DefaultBase):
    """Declarative base of auth's own metadata; each table names its key itself."""

    __abstract__ = True
    __bind_key__ = "auth"
