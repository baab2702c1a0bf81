"""What people are told: topics, channels, quiet hours, the history."""
