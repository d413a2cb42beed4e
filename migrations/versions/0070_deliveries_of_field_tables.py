"""deliveries of field tables handed in on the page"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0070"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "field_delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("names", postgresql.JSONB(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("skip_bad", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "checking", "checked", "importing", "imported", "dropped", "failed",
                name="deliverystate", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("report", postgresql.JSONB(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name="fk_field_delivery_created_by"),
        sa.PrimaryKeyConstraint("id", name="pk_field_delivery"),
        sa.UniqueConstraint("public_id", name="uq_field_delivery_public_id"),
    )


def downgrade():
    op.drop_table("field_delivery")
