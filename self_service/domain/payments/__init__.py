"""Money asked for, taken and given back."""
