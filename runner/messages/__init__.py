"""Conversations by messages: the door, the walks, the rows that leave, the sending of them."""
