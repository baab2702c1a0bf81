"""Settings of services: what there is to set, what is wished, and what the network confirmed."""
