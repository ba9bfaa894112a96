"""TwiML, one small file per family of verbs, built with the carrier's own library."""
