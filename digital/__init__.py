"""Messages: SMS, WhatsApp, web chat and e-mail, one folder per channel."""
