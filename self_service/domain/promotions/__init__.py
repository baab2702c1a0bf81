"""Promotion codes: what they lower, for whom, and how often."""
