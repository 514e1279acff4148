"""The steps of a migration that VCS itself begins, where they differ from the HMC's own.

The guide: `hagrp -migrate GROUP -to SYSTEM` for an LPAR that VCS manages, with a ProfileFile on
every system. A step has the id of the one that it stands for.
"""
