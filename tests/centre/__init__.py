"""Stories of a contact centre: the whole product against a carrier that plays the legs."""
