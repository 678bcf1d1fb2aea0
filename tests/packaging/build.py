#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the source archive of the working tree, and builds Debian packages from it as its users do: without git, without a
network, in a folder of its own. With --compare, builds them once more in another one, with other surroundings: the packages
have to be the same, byte for byte.

Not optimized and without debugging information, which takes half the time: neither matters here."""

import argparse
import filecmp
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile

GIT = "#!/bin/sh\necho 'git is called' >&2\nexit 1\n"


def run(command: "list[object]", **keywords) -> str:
    done = subprocess.run([str(word) for word in command], check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", **keywords)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit status {done.returncode}\n{done.stdout[-20000:]}")
    return done.stdout


def source_archive(source: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    """The archive of what is in the working tree, committed or not."""
    # git may not know who is asking.
    author = ["-c", "user.name=confgraph", "-c", "user.email=confgraph@localhost"]
    revision = run(["git", "-C", source, *author, "stash", "create"]).strip() or "HEAD"
    for former in folder.glob("confgraph-*.tar.gz"):
        former.unlink()
    first = pathlib.Path(run([source / "scripts/release", revision, folder]).strip())
    content = first.read_bytes()
    run([source / "scripts/release", revision, folder])
    if first.read_bytes() != content:
        sys.exit(f"{first.name} is not the same when it is made again")
    return first


def build(archive: pathlib.Path, folder: pathlib.Path, surroundings: "dict[str, str]") -> "dict[str, pathlib.Path]":
    """Builds what is in an archive. Returns the packages by the names of their files."""
    shutil.rmtree(folder, ignore_errors=True)
    programs = folder / "programs"
    programs.mkdir(parents=True)
    (programs / "git").write_text(GIT, encoding="ascii")
    (programs / "git").chmod(0o755)
    with tarfile.open(archive) as content:
        content.extractall(folder)
    environment = {
        "PATH": f"{programs}:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(folder),
        "DEB_BUILD_OPTIONS": f"nocheck noopt noautodbgsym parallel={os.cpu_count()}", "DEB_CXXFLAGS_APPEND": "-g0",
        **surroundings,
    }
    umask = 0o077 if surroundings else 0o022
    tree = folder / archive.name.removesuffix(".tar.gz")
    said = run(["unshare", "--net", "dpkg-buildpackage", "--build=binary", "--unsigned-changes", "--unsigned-buildinfo"],
               cwd=tree, env=environment, umask=umask)
    (folder / "log").write_text(said, encoding="utf-8")
    # It would be copied along, and takes space.
    shutil.rmtree(tree)
    return {path.name: path for path in folder.glob("*.deb")}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=pathlib.Path, required=True, help="the working tree")
    parser.add_argument("--work", type=pathlib.Path, required=True, help="folder for what is built")
    parser.add_argument("--compare", action="store_true")
    arguments = parser.parse_args()
    work = arguments.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    if not arguments.compare:
        built = build(source_archive(arguments.source.resolve(), work), work / "debs", {})
        print(f"built {len(built)} packages")
        return 0 if built else 1
    first = {path.name: path for path in (work / "debs").glob("*.deb")}
    # Not where it was built first, at another hour, in other words.
    other = {"TZ": "Asia/Kolkata", "LC_ALL": "C.UTF-8", "USER": "somebody"}
    second = build(next(work.glob("*.tar.gz")), work / "a longer name for another folder".replace(" ", "-"), other)
    different = sorted(name for name in first.keys() | second.keys()
                       if name not in first or name not in second or not filecmp.cmp(first[name], second[name], shallow=False))
    for name in different:
        print(f"{name} is not the same")
    print(f"compared {len(first)} packages")
    return 1 if different or not first else 0


if __name__ == "__main__":
    sys.exit(main())
