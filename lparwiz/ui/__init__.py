"""The wizard: Textual, and nothing that the run does not know already."""

import os

# Textual's own setting, read as it is imported. Between two frames a key waits for half a period:
# 8 ms at its 60 a second. Nothing is painted where nothing changes, however many there may be.
os.environ.setdefault("TEXTUAL_FPS", "120")
