"""python -m tests.faults --route R --migration M [--sample N] [--jobs 2] [--only POINT:FAULT]."""

import argparse
import multiprocessing
import sys
import time
from pathlib import Path

from lparwiz.lab.scenario import MIGRATIONS

from .matrix import Case, Tried, attempt, cases
from .play import play, strike
from .table import table

ROUTES = ("outside", "managed", "full")


def main() -> int:
    """Play the matrix, print the table and every miss; 1 where a point missed."""
    asked = _arguments()
    routes, migrations = asked.route or ROUTES, asked.migration or MIGRATIONS
    if asked.only:
        return _only(routes[0], migrations[0], tuple(map(strike, asked.only)), asked.keep)
    began = time.monotonic()
    tried: list[Tried] = []
    with multiprocessing.get_context("spawn").Pool(asked.jobs) as pool:
        for route in routes:
            for migration in migrations:
                found = list(
                    pool.imap(attempt, cases(route, migration, asked.sample), chunksize=16)
                )
                tried += found
                _count(f"{route} {migration}", found, time.monotonic() - began)
    _say(table(tried))
    misses = [each for each in tried if each.wrong]
    for each in misses:
        _say(_miss(each))
    _count("all", tried, time.monotonic() - began)
    return 1 if misses else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--route", action="append", choices=ROUTES, help="default: all")
    parser.add_argument("--migration", action="append", choices=MIGRATIONS, help="default: all")
    parser.add_argument("--sample", type=int, help="so many of each route and migration")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", action="append", help="POINT[@LIFE]:FAULT, as a miss prints it")
    parser.add_argument("--keep", type=Path, help="with --only: keep the run's folder there")
    return parser.parse_args()


def _only(route, migration, strikes, keep) -> int:
    result = play(route, migration, strikes, keep)
    step = next((p.step for p in result.points[0] if p.id == strikes[0].point), "?")
    _say(_miss(Tried(Case(route, migration, strikes, step), result.statuses, result.wrong)))
    for number, points in enumerate(result.points):
        struck = [each for each in strikes if each.life == number]
        for point in points:
            if any(each.point == point.id for each in struck):
                _say(f"life {number}: {point}")
    return 1 if result.wrong else 0


def _miss(each: Tried) -> str:
    reasons = "\n".join(f"    {wrong}" for wrong in each.wrong) or "    held"
    return f"{each.case.replay}\n    {each.case.step}, statuses {each.statuses}\n{reasons}"


def _count(what: str, tried: list[Tried], seconds: float) -> None:
    held = sum(not each.wrong for each in tried)
    _say(f"{what}: {held} of {len(tried)} held, {seconds:.0f} s")


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - what a program says to whoever started it


if __name__ == "__main__":
    sys.exit(main())
