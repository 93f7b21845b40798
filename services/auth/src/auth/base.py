from advanced_alchemy.base import DefaultBase


class AuthBase(DefaultBase):
    """Declarative base of auth's own metadata. Each table defines its own primary key."""

    __abstract__ = True
    __bind_key__ = "auth"
