"""A simulated site behind real SSH servers: the demo and the test bench.

The model: `scenario` says what the site is like, `build` makes it, `site` holds it together;
`clock` is its time, `cluster` its LLT, GAB and VCS, `mobility` its migrations, `record` and
`judge` what truly happened. What hosts answer: `tokens` and `syntax` parse a line, `shell` runs it,
`aix`, `llt`, `vcs` and `hmc` with its kin answer it, `execute` lets `faults` strike; `troubles` are
what may be wrong from the start. What stands before it: `server` (SSH), `lab` (all servers and a
folder), `process` (the same as a process of its own).
"""
