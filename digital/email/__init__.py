"""E-mail: the mail server and the providers' webhooks, what a mail says, and how answers leave."""
