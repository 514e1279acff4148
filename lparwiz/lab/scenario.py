"""What a lab is like when it starts: everything that can be chosen."""

from dataclasses import dataclass, field

ROUTES = ("outside", "managed", "vcs", "full")
MIGRATIONS = ("succeeds", "fails-validation", "fails-midway")
VCS_MIGRATIONS = (
    *MIGRATIONS,
    "wrong-profile-file",
    "no-vios-mapping",
    "not-in-system-list",
    "hmc-unreachable",
    "stuck-midway",
)
"""What may become of a migration that VCS begins."""


@dataclass(frozen=True)
class Scenario:
    """A site and what will happen in it. Times are lab seconds; timers centiseconds."""

    route: str = "outside"
    nodes: int = 2
    migration: str = "succeeds"
    freeze: float = 24.0
    """How long the moving node stands still: above the 16 s of peerinact and the 5 s of GAB's
    stable timeout (facts, vcs.md 2.4), so that an unraised timer does harm."""
    migration_seconds: float = 75.0
    """From the start of a migration to its end, without the freeze."""
    links_return: float = 20.0
    """From the end of the freeze until the moved node's last link is UP everywhere."""
    peerinact: tuple[int, ...] = (3200, 1600)
    """Running peerinact of node 0, 1, ...; used again from the start for further nodes.
    The first is the moving node, the others are those that watch it."""
    consoles: int = 2
    """2: one HMC manages the source, the other the target. 1: one manages both."""
    lpar: str = "db01"
    """The LPAR's name on the HMC."""
    source: str = "p9-east"
    target: str = "p9-west"
    placeholder: bool | None = None
    """Whether an LPAR of that name stands on the target; None: as the route has it."""
    same_lpar_id: bool = False
    """Whether the LPAR's id is free on the target, so that it is kept."""

    hmc_version: int = 10
    """8 or 10: the form of `lshmc -V`, and whether partitions show a uuid."""
    locale: str = "en"
    """`en` or `pl`: the language of texts that carry no code, and of some that do."""
    errors_on: str = "stdout"
    """The channel that an HMC prints its errors on: `stdout` or `stderr`."""
    old_filters: bool = False
    """Whether an unknown name in a filter gives no rows instead of HSCL8012."""
    role: str = "hmcsuperadmin"
    """The HMC user's task role."""
    console_user: str = "hscroot"
    node_user: str = "root"
    """Anything but root needs sudo, which it may use without a password."""
    sudo: bool = True
    refused: frozenset[str] = frozenset({"electronic_err_reporting", "shared_proc_pool_id"})
    """Attributes that mksyscfg and chsyscfg won't take although they are listed
    (facts, hmc.md 4.3)."""

    unreachable: frozenset[str] = field(default_factory=frozenset)
    """Labels of hosts that refuse connections."""
    wrong_host_key: frozenset[str] = field(default_factory=frozenset)
    """Labels of hosts whose key is not the one in known_hosts."""
    refused_key: frozenset[str] = field(default_factory=frozenset)
    """Labels of hosts that don't know our key."""
    locked: frozenset[str] = field(default_factory=frozenset)
    """Labels of consoles whose account is locked."""
    without_vcs: frozenset[str] = field(default_factory=frozenset)
    """Labels of nodes with no VRTS software."""
    without_perl: frozenset[str] = field(default_factory=frozenset)
    """Labels of nodes with no perl."""
    clock_stops: bool = False
    """Whether a node's own clock stands still while the node is frozen."""
    llt_log: bool = False
    """Whether syslogd writes LLT's messages to a file on each node; as AIX is shipped it doesn't
    (facts, vcs.md 2.1)."""
    llt_down: frozenset[str] = field(default_factory=frozenset)
    """Labels of nodes where LLT is not running."""
    unknown_lpar: bool = False
    """Whether the change file names an LPAR that no HMC knows."""
    rmc: bool = True
    """Whether RMC to the LPAR is active."""
    migration_disabled: bool = False
    """Whether the LPAR's `migration_disabled` is 1."""
    target_state: str = "Operating"
    persist: bool = False
    """Whether the change file asks for peerinact in /etc/llttab."""
    vterm: bool = False
    """Whether somebody has the LPAR's virtual terminal open."""
    plain: bool = False
    """Whether the LPAR has nothing that must be told of: one profile, no pool of its own, no
    adapter whose other end is lost on the way, no attribute that nobody can set."""
    troubles: frozenset[str] = field(default_factory=frozenset)
    """Names of what is not as it should be; see `troubles`."""

    def __post_init__(self) -> None:
        known = VCS_MIGRATIONS if self.by_vcs else MIGRATIONS
        if self.route not in ROUTES or self.migration not in known:
            raise ValueError(f"no such route or migration: {self.route}, {self.migration}")
        if not 2 <= self.nodes <= 64 or self.consoles not in (1, 2):
            raise ValueError("a lab has 2 to 64 nodes and 1 or 2 consoles")
        if min(self.freeze, self.migration_seconds, self.links_return) < 0:
            raise ValueError("no time is negative")

    @property
    def has_nodes(self) -> bool:
        """Whether the LPAR is a node of an LLT cluster."""
        return self.route in ("outside", "full")

    @property
    def has_managers(self) -> bool:
        """Whether management LPARs with VCS look after the LPAR."""
        return self.route in ("managed", "vcs")

    @property
    def by_vcs(self) -> bool:
        """Whether VCS itself migrates the LPAR, by ProfileFiles."""
        return self.route == "vcs"

    @property
    def has_profiles(self) -> bool:
        """Whether the LPAR's definition is made anew on the source after a migration."""
        return self.route in ("managed", "full")

    @property
    def has_placeholder(self) -> bool:
        """Whether an LPAR of the same name stands on the target."""
        if self.placeholder is not None:
            return self.placeholder
        return self.has_profiles
