"""What is kept: all SQL, the schema and its migrations, and the same ports in memory."""
