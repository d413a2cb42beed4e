"""an entry says which gift it is about"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("entry", sa.Column("gift_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_entry_gift_id"), "entry", "gift", ["gift_id"], ["id"])
    op.create_index(op.f("ix_entry_gift_id"), "entry", ["gift_id"])


def downgrade():
    op.drop_index(op.f("ix_entry_gift_id"), table_name="entry")
    op.drop_constraint(op.f("fk_entry_gift_id"), "entry", type_="foreignkey")
    op.drop_column("entry", "gift_id")
