"""What things cost: now, each month, over the term, and when that changes."""
