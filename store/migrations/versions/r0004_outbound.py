"""What outgoing calls may do: counts, lists, switch, refusals."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
