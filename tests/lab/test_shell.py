"""The lab's shells: ksh on a node, and the restricted one of an HMC."""

import shlex

import pytest

WORDS = ["db 01", "it's", 'a"b', "$HOME", "a,b=c;d", "`x`", "a\\b", "*", "#x", "{a,b}", ""]


@pytest.fixture
def site(site_of):
    return site_of()


@pytest.mark.parametrize("word", WORDS)
async def test_a_quoted_word_arrives_as_it_was(site, ask, word):
    assert await ask(site, "db01", f"printf '[%s]' {shlex.quote(word)}") == f"[{word}]"
    inner = f"printf '[%s]' {shlex.quote(word)}"
    assert await ask(site, "db01", f"/bin/sh -c {shlex.quote(inner)}") == f"[{word}]"


@pytest.mark.parametrize(
    ("line", "out"),
    [
        ("echo a; echo b", "a\nb\n"),
        ("false && echo no || echo yes", "yes\n"),
        ("X=1; echo $X ${X}2 ${Y:-none}", "1 12 none\n"),
        ("X=1 env | grep '^X='", "X=1\n"),
        ('X="a  b"; printf "[%s]" $X "$X"', "[a][b][a  b]"),
        ("echo $(echo in; echo side)", "in side\n"),
        ("if test -f /etc/llttab; then echo yes; else echo no; fi", "yes\n"),
        ("for i in 1 2 3; do printf $i; done", "123"),
        ("i=; while [ x$i != xaa ]; do i=${i}a; done; echo $i", "aa\n"),
        ("(cd /etc; pwd); pwd", "/etc\n/\n"),
        ("echo err 2>/dev/null >&2; echo out", "out\n"),
        ("cat /nope 2>&1", "cat: 0652-050 Cannot open /nope.\n"),
        ("cat < /etc/gabtab", "/sbin/gabconfig -c -n2\n"),
        ("! false; echo $?", "0\n"),
        ("echo one > /tmp/f; echo two >> /tmp/f; cat /tmp/f | wc -l", "       2\n"),
        ("{ echo a; echo b; } > /tmp/g; cat /tmp/g", "a\nb\n"),
        ("nope; echo $?", "127\n"),
        ("false; status=$?; (exit $status); echo $?", "1\n"),
        ("echo x > /tmp/l; ln /tmp/l /tmp/m; echo y >> /tmp/l; rm /tmp/l; cat /tmp/m", "x\ny\n"),
        ('[ "$(cat /nope 2>/dev/null)" != a ] || echo same', ""),
        ("[ -e /nope ] || [ -h /nope ]; echo $?", "1\n"),
        ("exit 3; echo never", ""),
        ("ls /etc/llt*", "/etc/llthosts\n/etc/llttab\n"),
        ("echo a # not this", "a\n"),
        ("echo 'two\nlines'", "two\nlines\n"),
    ],
)
async def test_what_a_posix_shell_makes_of_it(site, ask, line, out):
    assert (await ask(site, "db01", line)).out.decode() == out


@pytest.mark.parametrize("line", ["echo 'open", 'echo "open', "if true", "echo &&", "a & b", ")"])
async def test_a_broken_line_is_a_syntax_error_and_nothing_runs(site, ask, line):
    told = await ask(site, "db01", "echo ran > /root/ran; " + line)
    assert told.status == 2
    assert "/root/ran" not in site.cluster.nodes[0].files.tree


async def test_a_shell_reads_lines_from_standard_input(site, ask):
    assert await ask(site, "db01", "sh", b"echo a\nX=b\necho $X\n") == "a\nb\n"


async def test_an_hmc_runs_no_foreign_command_redirects_nothing_and_takes_no_path(site, ask):
    told = await ask(site, "hmc1", "last")
    assert (told.status, told.err) == (127, b"/bin/bash: last: command not found\n")
    assert (await ask(site, "hmc1", "lshmc -V > /tmp/x")).status == 1
    assert (await ask(site, "hmc1", "/usr/hmcrbin/lshmc -V")).status == 127
    assert (await ask(site, "hmc1", "PATH=/bin lshmc -V")).status == 1
    assert (await ask(site, "hmc1", "lshmc -V | grep Release")) == " Release: 3\n"


async def test_a_second_name_is_not_given_over_a_file_that_is_there(site, ask):
    await ask(site, "db01", "echo old > /etc/there; echo new > /etc/beside")
    told = await ask(site, "db01", "ln /etc/beside /etc/there")
    assert (told.status, told.out) == (1, b"")
    assert b"File exists" in told.err
    assert await ask(site, "db01", "cat /etc/there") == "old\n"
    assert (await ask(site, "db01", "ln /etc/nope /etc/new")).status == 1
    assert (await ask(site, "db01", "ln -f /etc/beside /etc/there")).status == 1
    assert (await ask(site, "db01", "ln /etc /etc/folder")).status == 1


async def test_only_root_names_files_below_etc(site_of, ask):
    site = site_of(node_user="oper")
    told = await ask(site, "db01", "echo x > /tmp/x; ln /tmp/x /etc/x")
    assert (told.status, site.cluster.nodes[0].files.tree.get("/etc/x")) == (1, None)
    assert (await ask(site, "db01", "sudo -n ln /tmp/x /etc/x")).status == 0
