"""What may be wrong with a site when it starts: one switch a condition, each by its name."""
