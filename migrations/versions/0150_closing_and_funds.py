"""locked periods, dedicated funds"""

revision = "0150"
down_revision = "0145"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
