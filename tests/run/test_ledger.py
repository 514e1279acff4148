"""The ledger is a fold over the journal: nothing is owed in silence."""

from dataclasses import replace

from lparwiz.run.journal import Journal
from lparwiz.run.ledger import LAST, Debt, DebtState, Ledger, as_data, replay

RAISED = Debt("peerinact/db01", "db01", "peerinact was raised.", "lltconfig -T peerinact:1600")
RENAMED = Debt("placeholder", "target HMC", "renamed", "chsyscfg -r lpar ...")


def test_a_debt_is_owed_until_it_is_settled():
    ledger = Ledger().incur(RAISED).incur(RENAMED)
    assert ledger.owed == (RAISED, RENAMED)
    ledger = ledger.settle("peerinact/db01", DebtState.PAID, "peerinact = 1600")
    assert ledger.owed == (RENAMED,)
    assert not ledger.owes("peerinact/db01")


def test_the_same_debt_twice_is_one():
    assert Ledger().incur(RAISED).incur(RAISED).owed == (RAISED,)


def test_what_is_paid_last_is_told_last():
    mark = Debt("mark/db01", "db01", "marked", "rm ...", turn=LAST)
    ledger = Ledger().incur(mark).incur(RAISED)
    assert ledger.owed == (RAISED, mark)
    assert [debt.id for debt in ledger.view()] == ["peerinact/db01", "mark/db01"]
    page = ledger.markdown("Move db01")
    assert page.index("peerinact/db01") < page.index("mark/db01")
    journal = Journal(None, lambda: 0.0)
    journal.write("debt incurred", debt=as_data(mark))
    assert replay(journal.events).owed == (mark,)


def test_a_mark_in_a_journal_of_the_first_version_is_told_last_too():
    journal = Journal(None, lambda: 0.0)
    mark = {"id": "mark/db01", "host": "db01", "what": "marked", "pays": "rm ...", "last": True}
    journal.write("debt incurred", debt=mark)
    journal.write("debt incurred", debt=as_data(RAISED) | {"last": False})
    assert [debt.id for debt in replay(journal.events).owed] == ["peerinact/db01", "mark/db01"]


def test_what_has_to_wait_for_another_debt_says_so_as_long_as_that_is_owed():
    raised = replace(RAISED, after="migration")
    ledger = Ledger().incur(raised).incur(Debt("migration", "hmc1", "sent", "ls", turn=-1))
    page = ledger.markdown("Move db01")
    assert page.index(": migration") < page.index(": peerinact/db01")
    waits = 'Only after this is settled on hmc1: "sent". peerinact was raised.'
    assert f"\n{waits}\n" in page
    assert ledger.view()[1].what == waits
    settled = ledger.settle("migration", DebtState.PAID, "migrated")
    assert "Only after" not in settled.markdown("Move db01") + settled.view()[1].what


def test_settling_what_was_never_owed_changes_nothing():
    assert Ledger().settle("nothing", DebtState.PAID, "") == Ledger()


def test_the_journal_tells_the_same_ledger():
    journal = Journal(None, lambda: 0.0)
    journal.write("debt incurred", debt=as_data(RAISED))
    journal.write("debt incurred", debt=as_data(RENAMED))
    journal.write("debt settled", id="placeholder", state="taken over", how="by ann")
    ledger = replay(journal.events)
    assert ledger.owed == (RAISED,)
    assert [entry.state for entry in ledger.entries] == [DebtState.OWED, DebtState.TAKEN_OVER]


def test_the_page_says_where_to_log_in():
    page = Ledger().incur(RAISED).markdown("Move db01", places={"db01": "root@192.0.2.1, port 22"})
    assert "\nRun this on db01 (root@192.0.2.1, port 22):\n" in page


def test_the_page_names_host_and_exact_command():
    page = Ledger().incur(RAISED).markdown("Move db01")
    assert "Owed on db01" in page
    assert "\nlltconfig -T peerinact:1600\n" in page
    assert "Nothing is owed" in Ledger().markdown("Move db01")
