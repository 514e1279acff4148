"""A node's few files: enough of a file system for what an operator does by hand."""

import itertools
import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field


class FileProblemError(Exception):
    """Something that a file system refuses. Its text is the reason, as AIX words it."""


@dataclass
class File:
    """A file or, with `folder`, a directory. `mtime` is the lab second of the last change."""

    content: bytes = b""
    mode: int = 0o644
    owner: str = "root"
    group: str = "system"
    mtime: float = 0.0
    folder: bool = False
    linked: bool = False
    """Whether its name is a symbolic link to it."""
    inode: int = field(default_factory=itertools.count(4100).__next__, compare=False)
    """What it stays known by when it is renamed."""


class Files:
    """A tree of files, by absolute path.

    Args:
        now: The lab's time, in seconds.
        changed: Called with what was done and the path, after every change.
    """

    def __init__(self, now: Callable[[], float], changed: Callable[[str, str], None]) -> None:
        self.tree: dict[str, File] = {
            path: File(mode=0o755, folder=True)
            for path in ("/", "/etc", "/tmp", "/var", "/var/tmp", "/usr", "/dev", "/root")  # noqa: S108 -- a simulated tree
        }
        self.tree["/tmp"].mode = 0o1777  # noqa: S108 -- same
        self.read_only = False
        self._now = now
        self._changed = changed

    def get(self, path: str) -> File:
        """The file at `path`.

        Raises:
            FileProblemError: There is none.
        """
        found = self.tree.get(posixpath.normpath(path))
        if found is None:
            raise FileProblemError("No such file or directory")
        return found

    def read(self, path: str) -> bytes:
        """A file's content.

        Raises:
            FileProblemError: There is none, or it is a directory.
        """
        found = self.get(path)
        if found.folder:
            raise FileProblemError("Is a directory")
        return found.content

    def write(self, path: str, content: bytes, *, append: bool = False, user: str = "root") -> None:
        """Write a file, keeping owner and mode of one that exists.

        Raises:
            FileProblemError: Read-only file system, no such folder, no permission.
        """
        path = posixpath.normpath(path)
        found = self.tree.get(path)
        if found is not None and found.folder:
            raise FileProblemError("Is a directory")
        self._check(path, user, found)
        if found is None:
            found = self.tree[path] = File(owner=user, mtime=self._now())
        found.content = found.content + content if append else content
        found.mtime = self._now()
        self._changed("written", path)

    def remove(self, path: str, user: str = "root") -> None:
        """Remove a file or an empty directory.

        Raises:
            FileProblemError: As for `write`; a directory that is not empty.
        """
        path = posixpath.normpath(path)
        self.get(path)
        self._check(path, user, None)
        if self.children(path):
            raise FileProblemError("Directory not empty")
        del self.tree[path]
        self._changed("removed", path)

    def move(self, source: str, target: str, user: str = "root") -> None:
        """Rename a file; one at `target` is replaced.

        Raises:
            FileProblemError: As for `write`.
        """
        source, target = posixpath.normpath(source), posixpath.normpath(target)
        found = self.get(source)
        self._check(source, user, None)
        self._check(target, user, None)
        del self.tree[source]
        self.tree[target] = found
        self._changed("moved", target)

    def link(self, source: str, target: str, user: str = "root") -> None:
        """Give a file a second name; both are the same file from then on.

        Raises:
            FileProblemError: There is something at `target`, or as for `write`.
        """
        source, target = posixpath.normpath(source), posixpath.normpath(target)
        found = self.get(source)
        if found.folder:
            raise FileProblemError("Operation not permitted")
        if target in self.tree:
            raise FileProblemError("File exists")
        self._check(target, user, None)
        self.tree[target] = found
        self._changed("linked", target)

    def copy(self, source: str, target: str, *, preserve: bool, user: str = "root") -> None:
        """Copy a file; with `preserve` owner, mode and time go with it.

        Raises:
            FileProblemError: As for `write`.
        """
        found = self.get(source)
        self.write(target, self.read(source), user=user)
        if preserve:
            made = self.get(target)
            made.mode, made.mtime = found.mode, found.mtime
            made.owner, made.group = found.owner, found.group

    def make_folder(self, path: str, user: str = "root") -> None:
        """Make a directory.

        Raises:
            FileProblemError: It exists, or as for `write`.
        """
        path = posixpath.normpath(path)
        if path in self.tree:
            raise FileProblemError("File exists")
        self._check(path, user, None)
        self.tree[path] = File(mode=0o755, owner=user, mtime=self._now(), folder=True)
        self._changed("made", path)

    def children(self, path: str) -> list[str]:
        """Names in a directory, sorted."""
        path = posixpath.normpath(path)
        return sorted(
            posixpath.basename(other)
            for other in self.tree
            if other != path and posixpath.dirname(other) == path
        )

    def _check(self, path: str, user: str, existing: File | None) -> None:
        if self.read_only:
            raise FileProblemError("Read-only file system")
        folder = self.tree.get(posixpath.dirname(path))
        if folder is None or not folder.folder:
            raise FileProblemError("No such file or directory")
        if user == "root":
            return
        holder = existing or folder
        if holder.owner != user and not holder.mode & 0o002:
            raise FileProblemError("Permission denied")
