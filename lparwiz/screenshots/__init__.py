"""The wizard's pages as pictures, and the guide that is made of them: the same bytes every time."""
