"""What reaches an address, who waits for it, and how the operator tells us."""
