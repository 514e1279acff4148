"""The live picture: what is read from each host, how often, and what it means."""
