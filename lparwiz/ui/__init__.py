"""The wizard: Textual, and nothing that the run does not know already."""
