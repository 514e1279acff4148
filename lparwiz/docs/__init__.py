"""What a run leaves to read: the report and the runbook."""
