"""exports with an identity"""

revision = "0155"
down_revision = "0150"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
