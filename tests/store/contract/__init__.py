"""What every store must do: in memory, on SQLite, on PostgreSQL."""
