"""Changes of subscriptions: what they cost, asked for, called off, performed at their date."""
