"""What somebody spends: over time, by kind and subscription, and about how much it will be."""
