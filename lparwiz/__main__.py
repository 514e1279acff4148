"""`python -m lparwiz`."""

from lparwiz.cli import main

main()
