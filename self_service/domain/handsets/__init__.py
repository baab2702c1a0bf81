"""Hand-typed lists of handsets: one field after the other, whatever was typed."""
