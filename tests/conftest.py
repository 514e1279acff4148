"""What holds for all tests: no test is judged by how fast a shared machine is just then."""

from hypothesis import settings

settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")
