"""recovery codes of the second factor, references of donors who come by the web, links bound to an address"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("create sequence donor_web_ref")
    op.add_column(
        "account_token",
        sa.Column("email", sa.Text(), server_default="", nullable=False),
    )
    op.create_index("ix_account_token_account_id", "account_token", ["account_id"])
    op.create_index("ix_account_token_donor_id", "account_token", ["donor_id"])
    op.create_table(
        "account_recovery_code",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_account_recovery_code_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_recovery_code")),
        sa.UniqueConstraint(
            "account_id", "code_hash", name=op.f("uq_account_recovery_code_account_id_code_hash")
        ),
    )


def downgrade():
    op.drop_table("account_recovery_code")
    op.drop_index("ix_account_token_donor_id", table_name="account_token")
    op.drop_index("ix_account_token_account_id", table_name="account_token")
    op.drop_column("account_token", "email")
    op.execute("drop sequence donor_web_ref")
