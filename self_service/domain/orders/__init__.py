"""From the check-out to the timeline of an order."""
