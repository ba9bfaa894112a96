"""SMS and MMS: what differs from the carrier's other message channel."""
