"""The one door: an event comes in, one transaction later the answer goes out."""
