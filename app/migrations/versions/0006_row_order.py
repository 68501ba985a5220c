"""Parts of a record keep the order that people give them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Each table of parts, the key of its record, and by what the parts were ordered so far.
PARTS = {
    "contact_channel": ("contact_id", "id"),
    "contact_position": ("contact_id", "id"),
    "contract_party": ("contract_id", "id"),
    "contribution": ("contract_id", "id"),
    "corner": ("event_id", "id"),
    "event_person": ("event_id", "id"),
    "event_role": ("event_id", "id"),
    "material_version": ("material_id", "id"),
    "office_place": ("office_id", "name"),
    "participant": ("participation_id", "id"),
}


def upgrade() -> None:
    """Number the parts of each record as they stood."""
    for name, (parent, order) in PARTS.items():
        op.add_column(name, sa.Column("rank", sa.Integer(), nullable=False, server_default="0"))
        table = sa.table(name, sa.column("id"), sa.column("rank"), sa.column(parent), sa.column(order))
        before = table.alias("before")
        earlier = before.c[order] < table.c[order]
        if order != "id":
            earlier = sa.or_(earlier, sa.and_(before.c[order] == table.c[order], before.c.id < table.c.id))
        count = (
            sa.select(sa.func.count())
            .select_from(before)
            .where(before.c[parent] == table.c[parent], earlier)
            .scalar_subquery()
        )
        op.execute(table.update().values(rank=count))
        with op.batch_alter_table(name) as batch:
            batch.alter_column("rank", server_default=None)


def downgrade() -> None:
    """Leave the parts in the order of their keys."""
    for name in PARTS:
        with op.batch_alter_table(name) as batch:
            batch.drop_column("rank")
