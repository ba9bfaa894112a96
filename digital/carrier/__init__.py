"""What SMS and WhatsApp share: the carrier's message webhooks and its Messages resource."""
