"""The sources of the widget, and how the one file that browsers load is made of them."""
