"""Debts: what is overdue, what follows, and the ways out of it."""
