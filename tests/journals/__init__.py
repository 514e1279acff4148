"""Saved runs of this version and of earlier ones; `make` makes them, `test_journals` tries them."""
