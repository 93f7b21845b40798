"""Tables of second factors and their recovery codes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from auth.accounts.models import Account
from auth.base import AuthBase


class TwoFactor(AuthBase):
    """An account's authenticator app: pending until its first right code, required at sign-in from then on."""

    __tablename__ = "two_factor"
    __table_args__ = (CheckConstraint("last_step >= 0", name="last_step_counts_up"),)

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey(Account.id, ondelete="CASCADE"), primary_key=True
    )
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    """Encrypted, so that codes cannot be computed from the database alone."""
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    """The newest 30 s time step whose code was used. It only grows, so no code is used twice."""
    set_up_at: Mapped[datetime]
    enabled_at: Mapped[datetime | None]


class RecoveryCode(AuthBase):
    """A recovery code, which replaces the app's code once. It is deleted together with the second factor."""

    __tablename__ = "recovery_codes"

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey(TwoFactor.account_id, ondelete="CASCADE"), primary_key=True
    )
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    used_at: Mapped[datetime | None]
