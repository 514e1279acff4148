"""python -m tests.faults [--route R] [--migration M] [--persist] [--nodes N] [--sample N] ...

Without a choice it plays everything: see `setting.whole`.
"""

import argparse
import multiprocessing
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

from lparwiz.lab.scenario import VCS_MIGRATIONS

from .matrix import Case, Tried, attempts, cases, settle
from .play import play, strike
from .setting import ROUTES, Part, Setting, possible, whole
from .table import markdown, struck, table

A_TRUNK = 100
"""Replays that set out from one run: many, so that it costs little; few, so that no core idles."""


def main() -> int:
    """Play the matrix, print the table and every miss; 1 where a point missed."""
    asked = _arguments()
    parts = _parts(asked)
    if asked.only:
        return _only(parts[0].setting, tuple(map(strike, asked.only)), asked.keep)
    began = time.monotonic()
    tried: list[Tried] = []
    with multiprocessing.get_context("spawn").Pool(asked.jobs, settle) as pool:
        for part in parts:
            every = cases(part)
            trunks = [every[at : at + A_TRUNK] for at in range(0, len(every), A_TRUNK)]
            found = [each for tries in pool.imap(attempts, trunks) for each in tries]
            tried += found
            name = ", ".join(filter(None, (part.setting.options, part.scope)))
            _count(name, found, time.monotonic() - began)
    seconds = time.monotonic() - began
    _say(table(tried))
    misses = [each for each in tried if each.wrong]
    for each in misses:
        _say(_miss(each))
    _count(f"all, {struck(tried)} points", tried, seconds)
    if asked.markdown:
        scopes = {part.setting.row: part.scope for part in parts}
        day = f"{date.today()}"  # noqa: DTZ011 - the day here
        _say(markdown(tried, scopes, day, seconds, asked.jobs))
    return 1 if misses else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--route", action="append", choices=ROUTES, help="default: everything")
    parser.add_argument("--migration", action="append", choices=VCS_MIGRATIONS, help="default: all")
    parser.add_argument("--persist", action="store_true", help="the value goes into /etc/llttab")
    parser.add_argument("--nodes", type=int, default=2, help="of the LLT cluster; default: 2")
    parser.add_argument("--sample", type=int, help="so many of each route and migration")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", action="append", help="POINT[@LIFE]:FAULT, as a miss prints it")
    parser.add_argument("--keep", type=Path, help="with --only: keep the run's folder there")
    parser.add_argument("--markdown", action="store_true", help="print the README's tables too")
    return parser.parse_args()


def _parts(asked: argparse.Namespace) -> list[Part]:
    migrations = asked.migration or VCS_MIGRATIONS
    if asked.route or asked.persist or asked.nodes != 2:
        parts = [
            Part(Setting(route, migration, asked.persist, asked.nodes))
            for route in asked.route or ("full",)
            for migration in possible(route, migrations)
        ]
    else:
        parts = whole(migrations)
    if not parts:
        sys.exit("No such route has that migration: from the fourth on they are route vcs's alone.")
    if asked.sample is None:
        return parts
    return [replace(part, sample=asked.sample) for part in parts]


def _only(setting: Setting, strikes, keep: Path | None) -> int:
    result = play(setting, strikes, keep)
    step = next((p.step for p in result.points[0] if p.id == strikes[0].point), "?")
    _say(_miss(Tried(Case(setting, strikes, step), result.statuses, result.wrong)))
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
