"""The catalogue in memory: what is on sale, compared, configured and shown."""
