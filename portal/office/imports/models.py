"""Deliveries handed in on the page: kept between the dry run and the decision, then emptied."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, deferred, mapped_column

from portal.core.db import Base, CreatedAt, Key, PublicId, codes


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    CHECKING = "checking"
    CHECKED = "checked"
    IMPORTING = "importing"
    IMPORTED = "imported"
    DROPPED = "dropped"
    FAILED = "failed"


class FieldDelivery(Base):
    """Files of field tables. Their bytes are dropped once they are imported, or after a day."""

    __tablename__ = "field_delivery"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    names: Mapped[list[Any]]
    sha256: Mapped[str]
    skip_bad: Mapped[bool] = mapped_column(default=False)
    state: Mapped[DeliveryState] = mapped_column(
        codes(DeliveryState), default=DeliveryState.CHECKING
    )
    report: Mapped[dict[str, Any] | None]
    content: Mapped[bytes | None] = deferred(mapped_column(sa.LargeBinary, nullable=True))
