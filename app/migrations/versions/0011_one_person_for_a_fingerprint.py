"""An address is one person's in an office, also when that person was erased and only the fingerprint is left"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# Somebody may have entered an address again that was erased: then the row in use stands for it, blocked as it was.
BLOCK = """
UPDATE subscriber SET blocked_at = (
    SELECT max(other.blocked_at) FROM subscriber AS other
    WHERE other.office_id = subscriber.office_id AND other.digest = subscriber.digest AND other.erased_at IS NOT NULL
)
WHERE erased_at IS NULL AND blocked_at IS NULL AND EXISTS (
    SELECT 1 FROM subscriber AS other
    WHERE other.office_id = subscriber.office_id AND other.digest = subscriber.digest AND other.erased_at IS NOT NULL
)
"""
FORGET = """
UPDATE subscriber SET digest = NULL
WHERE erased_at IS NOT NULL AND EXISTS (
    SELECT 1 FROM subscriber AS other
    WHERE other.office_id = subscriber.office_id AND other.digest = subscriber.digest AND other.id <> subscriber.id
    AND (other.erased_at IS NULL OR other.id > subscriber.id)
)
"""


def upgrade() -> None:
    op.execute(sa.text(BLOCK))
    op.execute(sa.text(FORGET))
    op.drop_index("ix_subscriber_digest", "subscriber")
    op.create_index("ix_subscriber_office_id_digest", "subscriber", ["office_id", "digest"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_subscriber_office_id_digest", "subscriber")
    op.create_index("ix_subscriber_digest", "subscriber", ["digest"])
