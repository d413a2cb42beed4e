"""giving: what was left to mend"""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0160"
down_revision = "0155"
branch_labels = None
depends_on = None


def upgrade():
    _forget_addresses_with_secrets()


def downgrade():
    pass  # an address that held a secret is not to come back


def _forget_addresses_with_secrets():
    """Orders for a page of another card kept the way back to it, with the secret of a mail's link.

    The way back is made from the order's own row now. One that was not answered yet would be asked
    with other words under the same key: it is over, and the donor opens another.
    """
    work = op.get_bind()
    pages = work.execute(
        sa.text("select id, params from provider_order where kind = 'method_page'")
    ).all()
    for page in pages:
        kept = {k: v for k, v in page.params.items() if k not in ("success_url", "cancel_url")}
        work.execute(
            sa.text(
                "update provider_order set params = cast(:kept as jsonb), params_sha256 = :digest"
                " where id = :id"
            ),
            {
                "id": page.id,
                "kept": json.dumps(kept),
                "digest": hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest(),
            },
        )
    op.execute(
        "update provider_order set state = 'refused', problem = 'expired', settled_at = now()"
        " where kind = 'method_page' and state = 'asked'"
    )
