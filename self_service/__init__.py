"""Self Service: the customer portal of a telecom, broadband and pay-TV operator."""
