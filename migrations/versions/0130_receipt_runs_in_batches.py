"""runs in batches, papers as prefix and tail"""

revision = "0130"
down_revision = "0120"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
