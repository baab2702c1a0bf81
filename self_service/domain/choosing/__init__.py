"""The next step of a sale: a plan for a device, extras, parts of a bundle."""
