#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks which parts of the project include which.

In each library core depends on nothing but itself, io on core, api on both; public headers on nothing; tools on the public
headers only. lib/confgraph-package uses the public headers of lib/confgraph, and of the tools those in PACKAGE_TOOLS alone use
it: no other is to load libelf. And every source of a library is listed in its CMakeLists.txt, and the other way round.
"""

import re
import sys
from pathlib import Path

INCLUDE = re.compile(r"^\s*(?:#|%:)\s*(?:include(?:_next)?|import|embed)\b\s*(.*)$", re.MULTILINE)

# The standard library, without what does input and output: that comes as a list of its own.
STANDARD = set("""
    algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono cinttypes climits
    clocale cmath codecvt compare complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef cstdint
    cstdlib cstring ctime cuchar cwchar cwctype deque exception execution forward_list functional future
    initializer_list iterator latch limits list locale map memory memory_resource mutex new numbers numeric optional
    queue random ranges ratio regex scoped_allocator semaphore set shared_mutex source_location span stack stdexcept
    stop_token string string_view system_error thread tuple type_traits typeindex typeinfo unordered_map unordered_set
    utility valarray variant vector version
""".split())
STANDARD_IO = set("""
    cstdio filesystem fstream iomanip ios iosfwd iostream istream ostream print spanstream sstream streambuf strstream
    syncstream
""".split())
# Lengths of time are values like others; the clocks that come with them are not for the core.
DURATIONS = "chrono"
# What of the standard library asks the system for something: no part of the pure core needs it.
STANDARD_SYSTEM = set("""
    atomic barrier cerrno chrono condition_variable csetjmp csignal cstdlib ctime execution future latch locale clocale
    mutex random semaphore shared_mutex stop_token system_error thread
""".split())
POSIX = set("""
    dirent.h fcntl.h fnmatch.h glob.h grp.h langinfo.h libgen.h libintl.h linux/magic.h linux/openat2.h
    locale.h poll.h pthread.h pwd.h sched.h signal.h spawn.h
    stdlib.h string.h strings.h syslog.h termios.h time.h unistd.h utime.h wordexp.h
    sys/acl.h sys/file.h sys/inotify.h sys/ioctl.h sys/mman.h sys/mount.h sys/prctl.h sys/random.h sys/resource.h sys/select.h
    sys/sendfile.h sys/socket.h sys/stat.h sys/statfs.h sys/statvfs.h sys/syscall.h sys/sysmacros.h sys/time.h sys/types.h sys/uio.h
    sys/un.h sys/utsname.h sys/vfs.h sys/wait.h sys/xattr.h
""".split())
# The format of binaries: structures and numbers, no functions.
ELF = {"elf.h", "link.h"}
ELF_USERS = {"lib/confgraph/src/core/elf_image.cpp", "lib/confgraph-package/src/core/machine.cpp"}
# A library that reads binaries of any machine from memory.
LIBELF = {"elf.h", "gelf.h", "libelf.h"}
LIBELF_USERS = {"lib/confgraph-package/src/core/elf_file.cpp"}
# Libraries that read packages. They are loaded when they are needed, by one header.
FOREIGN = {
    "lib/confgraph-package/src/io/foreign_library.hpp": re.compile(r"^dlfcn\.h$"),
    "lib/confgraph-package/src/io/rpm_header.cpp": re.compile(r"^rpm/(header|rpmds|rpmfiles|rpmlog|rpmtd)\.h$"),
    "lib/confgraph-package/src/io/unpacker.cpp": re.compile(r"^archive(_entry)?\.h$"),
}
THIRD_PARTY = re.compile(r"^(fmt|CLI|nlohmann)/")
LIBRARIES = ("confgraph", "confgraph-package")
PUBLIC = re.compile(r"^confgraph/[a-z0-9_]+\.hpp$")
PACKAGE_PUBLIC = re.compile(r"^confgraph-package/[a-z0-9_]+\.hpp$")
PACKAGE_TOOLS = {"a2mmn"}
SOURCE_SUFFIXES = {".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".hxx", ".inl", ".ipp", ".tpp", ".in"}


def layer_of(included: str) -> str:
    """The layer of the library that a quoted include names: core, io, api, or nothing."""
    return included.split("/")[0] if "/" in included else ""


def allowed(root: Path, source: Path, included: str, quoted: bool) -> bool:
    """Whether a file may include another."""
    name = source.relative_to(root).as_posix()
    pure = STANDARD - STANDARD_SYSTEM
    all_standard = STANDARD | STANDARD_IO
    if ".." in included.split("/") or included.startswith("/"):
        return False
    parts = name.split("/")
    of_package = parts[1] == "confgraph-package"
    public = bool(PUBLIC.match(included)) or (of_package and bool(PACKAGE_PUBLIC.match(included)))
    if parts[0] == "lib" and parts[2] == "include":
        return not quoted and (public or included in pure or included == DURATIONS)
    if parts[0] == "lib" and parts[2] == "src":
        layer = parts[3]
        below = {"core": ["core"], "io": ["core", "io"], "api": ["core", "io", "api"]}.get(layer, [])
        if quoted:
            return layer_of(included) in below and (root / "lib" / parts[1] / "src" / included).is_file()
        if public:
            return bool(below)
        if layer == "core":
            return (included in pure or (included in ELF and name in ELF_USERS) or
                    (included in LIBELF and name in LIBELF_USERS))
        foreign = FOREIGN.get(name)
        return bool(below) and (included in all_standard or included in POSIX or bool(foreign and foreign.match(included)))
    if name.startswith("tools/"):
        if quoted:
            own = source.parent / included
            common = root / "tools" / included
            return ("/" not in included and own.is_file()) or (included.startswith("common/") and common.is_file())
        of_package = parts[1] in PACKAGE_TOOLS and bool(PACKAGE_PUBLIC.match(included))
        return (of_package or bool(PUBLIC.match(included) or THIRD_PARTY.match(included)) or included in all_standard or
                included in POSIX)
    return False


def check_includes(root: Path) -> list[str]:
    """What is wrong with the includes."""
    problems = []
    seen = 0
    for folder in (*(f"lib/{library}/{part}" for library in LIBRARIES for part in ("include", "src")), "tools"):
        for source in sorted((root / folder).rglob("*")):
            if not source.is_file() or source.suffix not in SOURCE_SUFFIXES:
                continue
            text = source.read_text(encoding="utf-8")
            for match in INCLUDE.finditer(text):
                seen += 1
                place = f"{source.relative_to(root)}:{text.count(chr(10), 0, match.start()) + 1}"
                named = re.match(r'^(?:"([^"]+)"|<([^>]+)>)', match.group(1))
                if not named:
                    problems.append(f"{place}: no plain file name: {match.group(0).strip()}")
                elif not allowed(root, source, named.group(1) or named.group(2), bool(named.group(1))):
                    problems.append(f"{place}: may not include {named.group(0)}")
    if seen == 0:
        problems.append("no include was found at all: is this the project's folder?")
    return problems


def check_sources(root: Path, library: str) -> list[str]:
    """What is wrong with the list of a library's sources."""
    folder = root / "lib" / library
    name_of_list = f"lib/{library}/CMakeLists.txt"
    text = (root / name_of_list).read_text(encoding="utf-8")
    text = re.sub(r"#.*", "", text)
    listed = re.findall(r"(?<![\w./-])src/[\w./-]+\.cpp\b", text)
    present = sorted(path.relative_to(folder).as_posix() for path in (folder / "src").rglob("*.cpp"))
    problems = [f"{name_of_list}: {name} does not exist" for name in sorted(set(listed) - set(present))]
    problems += [f"{name_of_list}: {name} is not listed" for name in sorted(set(present) - set(listed))]
    problems += [f"{name_of_list}: {name} is listed twice" for name in sorted({n for n in listed if listed.count(n) > 1})]
    if not listed:
        problems.append(f"{name_of_list}: lists no source")
    return problems


def check(root: Path) -> list[str]:
    return check_includes(root) + [problem for library in LIBRARIES for problem in check_sources(root, library)]


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: check_layers.py PROJECT_FOLDER", file=sys.stderr)
        return 2
    problems = check(Path(sys.argv[1]).resolve())
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
