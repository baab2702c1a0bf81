"""Finding things: search, filters with live counts, sorting, cards."""
