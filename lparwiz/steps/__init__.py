"""The procedure, one file a step, readable beside the vendor's guide."""
