"""Web chat: the widget on a page of the operator's, and the routes it speaks to."""
