"""Asking the network, and settling what it answers."""
