"""Voice: what a carrier's webhooks say becomes events, what a walk says becomes TwiML."""
