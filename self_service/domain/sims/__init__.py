"""SIMs and numbers of a service: block, swap, choose, bring in, take out."""
