"""Table of counted attempts."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from auth.base import AuthBase


class Throttle(AuthBase):
    """Attempts against one limit, by the SHA-256 of its kind and subject. Names without an account are counted too."""

    __tablename__ = "throttles"
    __table_args__ = (
        CheckConstraint("attempts >= 0", name="attempts_counted"),
        Index("ix_throttles_last_at", "last_at"),
    )

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    attempts: Mapped[int]
    last_at: Mapped[datetime]
    closed_until: Mapped[datetime]
