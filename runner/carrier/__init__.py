"""The carrier's account, its signature and its REST client, for calls and for messages alike."""
