"""WhatsApp by way of the carrier: its session window, templates and buttons."""
