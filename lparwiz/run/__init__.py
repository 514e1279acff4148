"""The engine: action, journal, ledger, runner, snapshot. Knows no VCS, no SSH, no screen."""
