"""What a run leaves to read: its report, and the pictures of its charts."""
