"""The wizard without a screen: it says what is new line by line, and asks line by line.

For serial consoles and screen readers: nothing but plain lines, no cursor movement, no colour, at
most 80 columns. The prompts are those that Veritas' installers taught their operators:
`[y,n,q,?] (n)`, the safe answer in brackets, taken by Enter alone.

It stands where the screen stands: snapshots of the engine come up, orders go down, and it keeps
nothing that the run does not have but what it has said already.
"""

from lparwiz.plain.conversation import converse

__all__ = ["converse"]
