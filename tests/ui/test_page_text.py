"""A step's page, the rail and the top line, as text."""

from dataclasses import replace

from lparwiz.run.journal import Event
from lparwiz.run.snapshot import (
    Finding,
    Level,
    Page,
    PlannedCommand,
    PlanState,
    Progress,
    RunState,
    StepState,
    Table,
)
from lparwiz.ui.bars import rail_line, top_line
from lparwiz.ui.eye import Eye
from lparwiz.ui.journal_text import timeline_entry
from lparwiz.ui.page_text import Moment, page_text, progress_line
from lparwiz.ui.status_text import clock_words, status
from lparwiz.ui.text import width_of, words_of

from . import seam as sample


def text_of(paragraphs):
    return "\n".join(words_of(line) for lines in paragraphs for line in lines)


def page(**fields):
    return Page("s", "S", "For a test.", "Nowhere", **fields)


def planned(number, host, command, state=PlanState.PLANNED):
    return PlannedCommand(str(number), host, "Do it", command, state)


def test_stops_come_first_and_passes_are_one_line():
    text = text_of(page_text(sample.CHECK, 80).whole)
    assert text.index("STOP") < text.index("WARNING")
    assert "12 checks passed" in text
    assert "check 7 is well" not in text


def test_unfolded_every_check_that_passed_is_there_with_its_evidence():
    text = text_of(page_text(sample.CHECK, 80, unfolded=True).whole)
    assert "check 7 is well" in text
    assert "seen: read 7" in text


def test_all_twelve_warnings_and_their_remedies_stand_on_the_page():
    text = text_of(page_text(sample.CHECK, 80).whole)
    assert text.count("WARNING") == 12
    assert text.count("do: remedy") == 12


def test_one_command_for_many_hosts_is_shown_once_with_all_its_hosts():
    text = text_of(page_text(sample.timers(64), 80).whole)
    assert text.count("lltconfig -T peerinact:9000") == 1
    assert "[ ] planned   node[02-64]" in text
    assert "[x] done      node01: peerinact is 9000" in text


def test_a_command_sent_twice_to_one_host_is_shown_twice_in_its_order():
    plan = (planned(1, "a", "there"), planned(2, "a", "back"), planned(3, "a", "there"))
    text = text_of(page_text(page(plan=plan), 80).whole)
    shown = [line.strip() for line in text.splitlines() if "$" in line]
    assert shown == ["$ there", "$ back", "$ there"]


def test_alternating_commands_on_many_hosts_are_still_folded():
    plan = tuple(planned(f"{h}{c}", h, c) for h in ("n1", "n2", "n3") for c in ("set", "verify"))
    text = text_of(page_text(page(plan=plan), 80).whole)
    assert text.count("$ set") == 1
    assert text.count("$ verify") == 1
    assert text.count("n[1-3]") == 2


def test_a_long_command_is_wrapped_and_whole():
    plan = (planned(1, "hmc1", sample.LONG_COMMAND),)
    lines = [line for lines in page_text(page(plan=plan), 60).whole for line in lines]
    assert all(width_of(line) <= 60 for line in lines)
    together = "".join(words_of(line).strip() for line in lines).replace(" ", "")
    assert sample.LONG_COMMAND.replace(" ", "") in together


def test_a_table_that_is_too_wide_becomes_pairs_instead_of_being_cut():
    narrow = text_of(page_text(sample.timers(2), 30).whole)
    assert "wanted: 9000" in narrow
    assert "in llttab: none" in narrow


def test_the_log_shows_its_newest_lines_and_says_how_many_there_are():
    folded = text_of(page_text(sample.MIGRATING, 80).whole)
    assert "line 29 of the log" in folded
    assert "line 0 of the log" not in folded
    assert "22 earlier lines" in folded
    assert "line 0 of the log" in text_of(page_text(sample.MIGRATING, 80, unfolded=True).whole)


def test_progress_without_an_amount_has_no_bar():
    (line,) = progress_line(Progress("waiting for OPEN", 42, 90), 80)
    assert words_of(line) == "waiting for OPEN  0:42, limit 1:30"


def test_progress_with_an_amount_says_it_in_figures_too():
    (line,) = progress_line(Progress("copying", 252, 3600, 12300, 28672), 80, since=7)
    assert words_of(line) == "copying  [####......] 42 %  12300/28672 MB  4:19, limit 60:00"


def test_many_notes_stand_below_what_matters_more():
    notes = tuple(Finding(f"note.{n}", Level.NOTE, f"note {n}") for n in range(5))
    shown = replace(sample.timers(2), findings=(*notes, Finding("w", Level.WARNING, "a warning")))
    lines = [words_of(line) for paragraph in page_text(shown, 80).whole for line in paragraph]
    places = [
        next(n for n, line in enumerate(lines) if words in line)
        for words in ("a warning", "5 notes", "$ lltconfig", "note 4", "Guide:")
    ]
    assert places == sorted(places)


def test_how_the_step_before_ended_takes_two_lines_at_most():
    drawn = page_text(sample.CHECK, 80, Moment(before=("Timers", "word " * 100))).whole
    assert [words_of(line) for line in drawn[1]][1:] == ["  .. F8 shows the rest"]


def test_why_a_step_stopped_stands_above_everything_else():
    lines = page_text(sample.CONNECT, 80, Moment(news=True)).whole
    assert words_of(lines[2][0]) == "hmc1 answers"


def test_the_last_column_of_a_table_is_wrapped_before_rows_become_lists():
    table = Table("Ledger", ("debt", "how"), (("timer", "read back " * 12),))
    lines = [
        words_of(line)
        for paragraph in page_text(page(tables=(table,)), 80).whole
        for line in paragraph
    ]
    assert any(line.startswith("  timer  read back") for line in lines)
    assert all(len(line) <= 80 for line in lines)


def test_skipped_steps_are_not_called_done():
    rail = words_of(
        rail_line(sample.snapshot(steps=sample.steps("timers", measure=StepState.SKIPPED)), 120)
    )
    assert "done: Connect, Check" in rail
    assert "skipped: Measure" in rail


def test_the_top_line_never_cuts_the_state_nor_what_is_owed():
    for width in (40, 60, 80, 160):
        words = words_of(top_line(sample.snapshot(), width))
        assert words.endswith(" waiting for you  owed 2 ")
        assert len(words) == width


def test_the_collapsed_rail_names_a_failed_step_however_narrow():
    failed = sample.snapshot(steps=sample.steps("timers", check=sample.StepState.FAILED))
    assert "[!] failed: Check" in words_of(rail_line(failed, 40))
    assert words_of(rail_line(sample.snapshot(), 80)) == (
        " 5/11 Timers  next: Profiles, Migrate +4  done: Connect, Check, Measure, Mark"
    )


def working(page, reads=""):
    """What the line above the question says while this step works."""
    steps = tuple(replace(view, id=page.step, reads=reads) for view in sample.steps("timers")[:1])
    snapshot = sample.snapshot(
        state=RunState.WORKING, question=None, steps=steps, pages=(page,), current=page.step
    )
    return text_of(status(snapshot, Eye(), sample.AT, 80))


def test_a_step_that_has_nothing_to_show_yet_says_what_it_reads():
    assert working(page(), "Both consoles, twice.") == "working: reading. Both consoles, twice."
    assert working(page()) == "working: reading the hosts"


def test_a_step_says_the_command_that_runs_rather_than_what_it_said_before():
    running = planned(1, "db01", "lltconfig", PlanState.RUNNING)
    assert working(page(plan=(running,), lines=("said before",))) == "working: Do it, db01"
    assert working(page(lines=("first", "said last"))) == "working: said last"


def test_what_ran_is_past_once_its_step_is_over():
    done = page(plan=(planned(1, "db01", "lltconfig", PlanState.DONE),))
    assert "What runs" in text_of(page_text(done, 80).first)
    assert "What ran" in text_of(page_text(done, 80, Moment(over=True)).first)


def test_the_timeline_begins_with_what_the_run_is_in_words():
    begun = Event(
        1,
        sample.AT,
        "begun",
        {
            "run": "r-1",
            "title": "Move db01",
            "ticket": "CHG1",
            "route": "full",
            "steps": ["a", "b"],
        },
    )
    (line,) = timeline_entry(sample.AT, begun, 100)
    assert words_of(line).endswith("begun  r-1, Move db01, CHG1, route full")


def test_a_clock_that_goes_faster_than_yours_is_said():
    assert clock_words(sample.snapshot()) == ""
    assert clock_words(sample.snapshot(speed=20.0)) == "lab time, 20 times as fast as yours"


def test_equal_rows_of_a_table_are_one_and_what_differs_stands_above():
    rows = tuple((f"node{n:02d}", "1600", "9000" if n != 5 else "1600") for n in range(1, 65))
    page = replace(sample.timers(2), tables=(Table("Timers", ("node", "was", "is"), rows),))
    text = text_of(page_text(page, 80).whole)
    assert "node05             1600  1600\n  node[01-04,06-64]  1600  9000" in text


def test_a_fold_too_long_for_its_column_stands_below_with_every_name():
    rows = tuple((f"node{n:02d}", "1600" if n % 2 else "3200") for n in range(1, 65))
    page = replace(sample.timers(2), tables=(Table("Timers", ("node", "was"), rows),))
    text = "".join(text_of(page_text(page, 60).whole).split())
    assert "32xnode1600" in text
    assert f"node[{','.join(f'{n:02d}' for n in range(1, 64, 2))}]" in text


def test_what_was_decided_stands_on_the_page():
    page = replace(sample.timers(2), decided=("Raise it? Raise it, by the operator.",))
    text = text_of(page_text(page, 80).whole)
    assert "What was decided\n  Raise it? Raise it, by the operator." in text
