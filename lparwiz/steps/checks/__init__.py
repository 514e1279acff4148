"""What would stop or spoil a migration: pure functions from readings to findings."""
