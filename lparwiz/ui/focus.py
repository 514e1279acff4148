"""What has the focus after something came or went: never what is out of sight."""

from typing import TYPE_CHECKING

from lparwiz.ui.host_rows import HostRows

if TYPE_CHECKING:
    from lparwiz.ui.screen import WizardScreen


def refocus(screen: "WizardScreen") -> None:
    """No focus on what is out of sight; the safe choice gets it when it is seen again."""
    form, focused = screen.form, screen.focused
    if isinstance(focused, HostRows) and focused.display and focused.size.height:
        return
    if form is None or not form.in_sight:
        screen.set_focus(None)
    elif focused is None or isinstance(focused, HostRows):
        form.focus_safe()
