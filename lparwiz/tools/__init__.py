"""The languages of the remote tools. Pure: text in, values out; values in, a command out."""
