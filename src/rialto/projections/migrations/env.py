"""Run by Alembic: the connection comes from database.py, there is no offline mode."""

from alembic import context

from rialto.projections.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,  # SQLite can, once the driver's own BEGIN is out of the way
)
with context.begin_transaction():
    context.run_migrations()
