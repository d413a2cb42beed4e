"""rates, forms and accounts with the days they hold"""

revision = "0145"
down_revision = "0140"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
