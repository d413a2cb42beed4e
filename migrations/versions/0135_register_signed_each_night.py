"""the signed register, what blocks a receipt, corrections"""

revision = "0135"
down_revision = "0130"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
