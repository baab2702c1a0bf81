"""By what a customer is found: words that an index finds by their beginnings."""

import sqlalchemy as sa
from alembic import op

from self_service.domain.people.search_words import words_of

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

#: Customers whose words are written at a time.
_STEP = 500
_PEOPLE = """
    SELECT c.id, c.name, p.given_name, p.family_name, p.email, p.mobile
    FROM customer c LEFT JOIN individual p ON p.id = c.individual_id
    WHERE c.status <> 'closed'
"""


def upgrade() -> None:
    ordered = sa.String(254).with_variant(sa.String(254, collation="C"), "postgresql")
    kinds = sa.Enum("name", "email", "mobile", name="wordkind", native_enum=False, length=32)
    words = op.create_table(
        "customer_word",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", kinds, nullable=False),
        sa.Column("word", ordered, nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("customer_id", "kind", "word"),
    )
    people = sa.text(_PEOPLE).columns(sa.column("id", sa.Uuid()))
    found = op.get_bind().execute(people).all()
    for start in range(0, len(found), _STEP):
        rows = [
            {"customer_id": row.id, "kind": kind.value, "word": word}
            for row in found[start : start + _STEP]
            for kind, word in sorted(_words(row))
        ]
        if rows:
            op.bulk_insert(words, rows)
    op.create_index(
        "ix_customer_word_word", "customer_word", ["kind", "word", "customer_id"], unique=False
    )


def _words(row):
    names = " ".join(filter(None, (row.name, row.given_name, row.family_name)))
    return words_of(names, row.email or "", row.mobile or "")


def downgrade() -> None:
    op.drop_index("ix_customer_word_word", table_name="customer_word")
    op.drop_table("customer_word")
