"""how receipts reach the donor"""

revision = "0140"
down_revision = "0135"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
