"""What an HMC says, in one table.

Texts with a code are as captured (facts, hmc.md 2 and the samples). `MADE_UP` names the codes
that nobody could find: no tool and no test may depend on them.
"""

ENGLISH = {
    "no rows": "No results were found.",
    "unknown name": "HSCL8012 The partition named {0} was not found.",
    "unknown id": 'HSCL8011 The partition ID "{0}" was not found.',
    "not operating": (
        "HSCL0238 This operation is only allowed when the managed system is in\n"
        "the Operating state."
    ),
    "parameter": (
        "The command entered is either missing a required parameter or a parameter\n"
        "value is invalid.  The parameters that are missing or have an invalid value\n"
        "are {0}."
    ),
    # The three after this are the lab's wording; only the Polish form of the first was captured.
    "attribute": (
        "An invalid attribute was entered.  The invalid attribute is {0}.  "
        "Please correct your input and retry the command."
    ),
    "option": "An invalid option was entered.  The invalid option is {0}.",
    "record": "The input data is malformed: {0}.",
    "authority": "HSCL350B The user does not have the appropriate authority",
    "state": (
        "HSCL05DF The partition is not in a state under which this operation can be performed. "
        "Check the state of the partition."
    ),
    "rmc": (
        "HSCLA246 The management console cannot communicate with partition {0}.  Either the "
        "network connection is not available or the partition does not have a level of software "
        "that is capable of supporting this operation.  Verify the correct network and setup of "
        "the partition, and try the operation again."
    ),
    "adapter": (
        "HSCLA319 The migrating partition's virtual fibre channel client adapter 504 cannot be "
        "hosted by the existing Virtual I/O Server (VIOS) partitions on the destination managed "
        "system. To migrate the partition, set up the necessary VIOS host on the destination "
        "managed system, then try the operation again.\n"
        "VIOS_DETAILED_ERROR\n"
        "Client Target WWPNs: 50050763080801ae 500507630808c1ae 50050763083341ae\n"
        "There are no FC adapters\n"
        "Returning from npiv_dest_adapter rc=83\n"
        "End Detailed Message."
    ),
    "suspend": (
        "HSCLA2CF The partition suspend timed out: HSCL365C The migration of partition {0} failed."
    ),
    "keys": (
        "HSCL3653 The Secure Shell (SSH) communication configuration between the source and "
        "destination management consoles has not been set up properly for the remote user {0}. "
        "Run the mkauthkeys command to set up the SSH communication authentication keys"
    ),
    "duplicate name": "{made_up} A partition named {0} already exists on managed system {1}.",
    "migration disabled": "{made_up} Migration is disabled for partition {0}.",
    "migrating": "{made_up} A migration of partition {0} is already in progress.",
    "nothing to stop": "{made_up} No migration of partition {0} can be stopped now.",
    "nothing to recover": "{made_up} Partition {0} does not need to be recovered.",
    "stopped": "{made_up} The migration of partition {0} was stopped.",
    "taken id": "{made_up} The partition ID {0} is in use on managed system {1}.",
    "profile exists": "{made_up} A profile named {0} already exists.",
    "last profile": "{made_up} The default profile {0} cannot be removed.",
    "vterm": "{made_up} The virtual terminal of partition {0} is open.",
    "not captured": "{made_up} {0}",
    "lock banner": "The account is locked due to 3 failed logins.\n({0} minutes left to unlock)",
}

POLISH = {
    "no rows": "Nie znaleziono wyników.",
    "attribute": (
        "Wprowadzono niepoprawny atrybut.  Niepoprawnym atrybutem jest {0}.  "
        "Popraw wprowadzone dane i ponów komendę."
    ),
    # The lab's own translations from here on.
    "parameter": (
        "We wprowadzonej komendzie brakuje wymaganego parametru lub wartość parametru jest\n"
        "niepoprawna.  Parametry brakujące lub o niepoprawnej wartości to: {0}."
    ),
    "option": "Wprowadzono niepoprawną opcję.  Niepoprawną opcją jest {0}.",
    "record": "Dane wejściowe są niepoprawne: {0}.",
    "unknown name": "HSCL8012 Nie znaleziono partycji o nazwie {0}.",
    "authority": "HSCL350B Użytkownik nie ma odpowiednich uprawnień",
}

MADE_UP = {
    "duplicate name": "HSCLA0F1",
    "migration disabled": "HSCLA0F2",
    "migrating": "HSCLA0F3",
    "nothing to stop": "HSCLA0F4",
    "nothing to recover": "HSCLA0F5",
    "stopped": "HSCLA0F6",
    "taken id": "HSCL0F7F",
    "profile exists": "HSCL0F8F",
    "last profile": "HSCL0F9F",
    "vterm": "HSCL0FAF",
    "not captured": "HSCL0FBF",
}
"""NOT real codes: the real ones are marked as not found (facts, hmc.md 2)."""


class HmcRefusesError(Exception):
    """The HMC says no.

    Args:
        key: The message's key in `ENGLISH`.
        args: What goes into it.
    """

    def __init__(self, key: str, *args: str) -> None:
        super().__init__(key, *args)
        self.key = key
        self.parts = args


def text(locale: str, key: str, *args: str) -> str:
    """A message in a console's language (`en` or `pl`), English where there is no other."""
    table = POLISH if locale == "pl" and key in POLISH else ENGLISH
    return table[key].format(*args, made_up=MADE_UP.get(key, ""))
