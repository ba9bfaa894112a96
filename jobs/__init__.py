"""What time does: durable jobs, timers, retries and schedules, on DBOS in our own database."""
