"""SSH: connections, host keys, running a command. Knows no VCS."""
