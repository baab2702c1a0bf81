"""What a customer owns, as the home page shows it."""
