"""Reading catalogues from files, row by row, and writing what is new."""
