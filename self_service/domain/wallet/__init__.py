"""Prepaid credit: the wallet, what fills it, what is taken from it, and what is told of it."""
