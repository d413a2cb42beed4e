"""giving: what was left to mend"""

revision = "0160"
down_revision = "0155"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
