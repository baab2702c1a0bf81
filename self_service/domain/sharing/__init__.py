"""Shared allowances: a family or company takes from what one of its lines includes."""
