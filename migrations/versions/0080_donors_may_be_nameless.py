"""donors may be nameless: a gift in an unsigned envelope is booked, its receipt waits for a name"""

from alembic import op

revision = "0080"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade():
    op.drop_constraint("company_has_a_name", "donor", type_="check")


def downgrade():
    op.create_check_constraint(
        "company_has_a_name", "donor", "kind <> 'company' or company_name <> ''"
    )
