"""Limits and alerts: what usage may cost, what is stopped for it, what people are told."""
