"""The language of flows: documents, templates, conditions, and what can be wrong with them."""
