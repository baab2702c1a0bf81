"""From a paid order to what a customer owns."""
