"""What may be combined, said with why and what would make it possible."""
