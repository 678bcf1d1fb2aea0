# SPDX-License-Identifier: Apache-2.0
"""What the two programs are called with: one case for each option, form of line, and difference."""

import dataclasses

LINES = "debian/libapache2-mod-foo.apache2"
SERVER_MODULES = "/usr/lib/apache2/modules"
CONFIG = "debian/libapache2-mod-foo/etc/apache2"
MODULES = "debian/libapache2-mod-foo/usr/lib/apache2/modules"
# A binary of the server's under another name is as good a module as any. Where a file of a case loads it, and the case has
# none in its source, each package for an architecture has it in its tree, as if dh_install had put it there.
BINARY = f"copy of {SERVER_MODULES}/mod_headers.so"
LOAD = f"LoadModule headers_module {SERVER_MODULES}/mod_foo.so\n"

MOD = "libapache2-mod-foo: any"
APP = "foo: all"


@dataclasses.dataclass
class Case:
    """A source tree, a call, and where ours has to do something else than Debian's."""

    name: str
    # Path -> content. The content "copy of PATH" is that of PATH, "-> TARGET" makes a link, "folder" a folder, what begins
    # with "#!" a program, and "old copy" is that of BINARY as if it were made for an older server.
    files: dict[str, str]
    options: tuple[str, ...] = ()
    packages: tuple[str, ...] = (MOD,)
    # More fields of each package.
    package_fields: str = ""
    build_depends: str = "dh-apache2"
    source_fields: str = ""
    compat: int = 13
    environment: dict[str, str] = dataclasses.field(default_factory=dict)
    # Ids of differences.txt, and what is expected of ours in the aspects that differ.
    differs: tuple[str, ...] = ()
    status: int | None = None
    substvars: dict | None = None
    calls: dict | None = None
    tree: list[str] | None = None
    # Lines of standard error, without the name of the program.
    stderr: list[str] | None = None
    # Lines that ours has to print on standard output, where the words are its own.
    prints: tuple[str, ...] = ()
    # What depends on the order of a folder, or on the last system call, can agree by chance.
    chance: bool = False


def lines(*words: str) -> dict[str, str]:
    """A debian/PACKAGE.apache2."""
    return {LINES: "".join(f"{line}\n" for line in words)}


LOAD_FILE = {"debian/foo.load": LOAD}
WITH_BINARY = {"debian/foo.load": LOAD, "src/mod_foo.so": BINARY}
TREE_BINARY = {f"{MODULES}/mod_foo.so": BINARY}
CONF_FILE = {"debian/foo.conf": "# a conf\n"}
SITE_FILE = {"debian/shop.conf": "# a site\n"}

DEPENDS = {"misc:Depends": ["apache2-api-20120211", "apache2-bin (>= 2.4.16)"]}
SSL_DEPENDS = {"misc:Depends": ["apache2-api-20120211", "apache2-api-20120211-openssl1.1", "apache2-bin (>= 2.4.16)"]}
RECOMMENDS = {"misc:Recommends": ["apache2 (>= 2.4.6-4~) | httpd"]}


def calls(*words: str, package: str = "libapache2-mod-foo", noenable: bool = False) -> dict[str, list[str]]:
    """The calls that the scripts make, "mod foo bar" for two modules."""
    found = {}
    for script, verb in (("postinst", "en"), ("prerm", "dis"), ("postrm", "dis")):
        if script == "postinst" and noenable:
            continue
        ordered = words if script == "postinst" else words[::-1]
        found[f"{package}.{script}"] = [f"apache2_invoke [{verb}{word.split()[0]}] [{name}]"
                                        for word in ordered for name in word.split()[1:]]
    return found


ALL_LINES = lines("mod src/mod_foo.so", "mod debian/foo.load", "mod debian/foo.conf", "conf debian/extra.conf nginx",
                  "site debian/shop.conf")
ALL = ALL_LINES | WITH_BINARY | CONF_FILE | SITE_FILE | {"debian/extra.conf": "# extra\n"}

SAME = [
    Case("no file and an empty tree", {}),
    Case("no file, no tree, several packages", {}, packages=(MOD, APP)),
    Case("an empty file", {LINES: ""} | {f"{CONFIG}/conf-available/x.conf": "#\n"}),
    Case("a module", lines("mod debian/foo.load") | LOAD_FILE),
    Case("a module with configuration", lines("mod debian/foo.load", "mod debian/foo.conf") | LOAD_FILE | CONF_FILE),
    Case("a module's configuration alone", lines("mod debian/foo.conf") | CONF_FILE),
    Case("two modules", lines("mod debian/foo.load", "mod debian/bar.load") | LOAD_FILE | {"debian/bar.load": LOAD}),
    Case("a conf", lines("conf debian/foo.conf") | CONF_FILE),
    Case("two confs", lines("conf debian/foo.conf", "conf debian/shop.conf") | CONF_FILE | SITE_FILE),
    Case("a conf with alternatives", lines("conf debian/foo.conf lighttpd (>= 1.4.30) | nginx-full") | CONF_FILE),
    Case("confs with alternatives", lines("conf debian/foo.conf nginx", "conf debian/shop.conf lighttpd") | CONF_FILE | SITE_FILE),
    Case("comments, empty lines, blanks",
         lines("# mod nothing.load", "", "  # indented", "\tmod \t debian/foo.load  ", "   ") | LOAD_FILE),
    Case("types in capitals", lines("MOD debian/foo.load", "Conf debian/foo.conf") | LOAD_FILE | CONF_FILE),
    Case("lines that end as on Windows", {LINES: "mod debian/foo.load\r\nconf debian/foo.conf\r\n"} | LOAD_FILE | CONF_FILE),
    Case("a file without a newline at its end", {LINES: "mod debian/foo.load"} | LOAD_FILE),
    Case("a file in a folder with many dots", lines("mod ./debian/../debian/foo.load") | LOAD_FILE),
    Case("a link to a file", lines("mod debian/foo.load") | {"debian/foo.load": "-> real", "debian/real": LOAD}),
    Case("a name with dots and digits", lines("mod debian/php8.2.load", "conf debian/000-a_b+c.conf")
         | {"debian/php8.2.load": LOAD, "debian/000-a_b+c.conf": "#\n"}),
    Case("a program as the file", {LINES: "#!/bin/sh\necho mod debian/foo.load\n"} | LOAD_FILE),
    Case("a program that fails", {LINES: "#!/bin/sh\necho mod debian/foo.load\nexit 3\n"} | LOAD_FILE, chance=True),
    Case("a file for the architecture", {"debian/libapache2-mod-foo.apache2.amd64": "mod debian/foo.load\n"} | LOAD_FILE),
    Case("the file of the first package", {"debian/apache2": "conf debian/foo.conf\n"} | CONF_FILE, packages=(APP, MOD)),
    Case("another main package", {"debian/apache2": "conf debian/foo.conf\n"} | CONF_FILE, ("--mainpackage", "foo"),
         packages=(MOD, APP)),
    Case("a file with a name", {"debian/libapache2-mod-foo.web.apache2": "conf debian/foo.conf\n"} | CONF_FILE, ("--name", "web")),
    Case("what is there already", lines("mod debian/foo.load") | LOAD_FILE | {
        "debian/libapache2-mod-foo.substvars": "misc:Depends=zlib\nother=1\n",
        "debian/libapache2-mod-foo.postinst.debhelper": "echo before\n",
        "debian/libapache2-mod-foo.prerm.debhelper": "echo before\n",
        f"{CONFIG}/mods-available/foo.load": "old\n"}),
    Case("a package of another name", {"debian/foo.apache2": "mod debian/foo.load\n"} | LOAD_FILE, packages=("foo: any",)),
    Case("an application", {"debian/foo.apache2": "conf debian/foo.conf\n"} | CONF_FILE, packages=(APP,)),
    # By tree.
    Case("a module in the tree", {f"{CONFIG}/mods-available/foo.load": LOAD, f"{CONFIG}/mods-available/foo.conf": "#\n"}),
    Case("a conf in the tree", {f"{CONFIG}/conf-available/foo.conf": "#\n"}),
    Case("a site in the tree", {f"{CONFIG}/sites-available/foo.conf": "#\n"}),
    Case("one of each in the tree", {f"{CONFIG}/mods-available/foo.load": LOAD, f"{CONFIG}/conf-available/bar.conf": "#\n",
                                     f"{CONFIG}/sites-available/shop.conf": "#\n"}),
    Case("a link in the tree", {f"{CONFIG}/conf-available/foo.conf": "-> ../../foo/apache.conf"}),
    Case("other files in the tree", {f"{CONFIG}/conf-available/README": "\n", f"{CONFIG}/mods-available/foo.load~": "\n",
                                     f"{CONFIG}/mods-available/foo.conf": "\n"}),
    # Options.
    Case("-e", lines("mod debian/foo.load") | LOAD_FILE, ("-e",)),
    Case("--noenable", lines("conf debian/foo.conf") | CONF_FILE, ("--noenable",)),
    Case("-r", lines("conf debian/foo.conf") | CONF_FILE, ("-r",)),
    Case("--restart", lines("mod debian/foo.load", "conf debian/foo.conf") | LOAD_FILE | CONF_FILE, ("--restart",)),
    Case("-n", lines("mod debian/foo.load") | LOAD_FILE, ("-n",)),
    Case("--noscripts", lines("mod debian/foo.load") | LOAD_FILE, ("--noscripts",)),
    Case("--no-scripts", lines("conf debian/foo.conf") | CONF_FILE, ("--no-scripts",)),
    Case("-er", lines("mod debian/foo.load") | LOAD_FILE, ("-er",)),
    Case("--conditional", lines("mod debian/foo.load") | LOAD_FILE, ("--conditional=my_condition",)),
    Case("--conditional in two words", lines("conf debian/foo.conf") | CONF_FILE, ("--conditional", "my_condition")),
    Case("--error-handler", lines("mod debian/foo.load") | LOAD_FILE, ("--error-handler=my_handler",)),
    Case("--error-handler=true", lines("conf debian/foo.conf") | CONF_FILE, ("--error-handler=true",)),
    Case("--error-handler with an argument", lines("conf debian/foo.conf") | CONF_FILE, ("--error-handler=exit 7",)),
    Case("all options", lines("mod debian/foo.load", "conf debian/foo.conf") | LOAD_FILE | CONF_FILE,
         ("-r", "-e", "--conditional=my_condition", "--error-handler=my_handler")),
    Case("no handler", lines("conf debian/foo.conf") | CONF_FILE, ("--error-handler=",)),
    Case("all options, in the scripts", lines("mod debian/foo.load", "conf debian/foo.conf") | LOAD_FILE | CONF_FILE,
         ("-r", "--conditional=my_condition", "--error-handler=my_handler")),
    Case("an unknown option", lines("mod debian/foo.load") | LOAD_FILE, ("--nonsense",), chance=True),
    Case("an option for other commands", lines("mod debian/foo.load") | LOAD_FILE, ("-O--sourcedirectory=x",)),
    Case("DH_OPTIONS", lines("mod debian/foo.load") | LOAD_FILE, environment={"DH_OPTIONS": "--restart"}),
    Case("DH_VERBOSE", lines("mod debian/foo.load") | LOAD_FILE, environment={"DH_VERBOSE": "1"}),
    Case("-v", lines("mod debian/foo.load") | LOAD_FILE, ("-v",), prints=(
        "install -m0755 -d debian/libapache2-mod-foo/etc/apache2/mods-available",
        "install -p -m0644 debian/foo.load debian/libapache2-mod-foo/etc/apache2/mods-available/foo.load",
        "a2mmn verify --mmn 20120211 debian/libapache2-mod-foo",
        "a2mmn emit --format deb debian/libapache2-mod-foo/usr/lib/apache2/modules")),
    Case("-v in a tree", {f"{CONFIG}/conf-available/foo.conf": "#\n"}, ("-v",), prints=("libapache2-mod-foo: found conf foo",)),
    Case("--no-act", lines("mod debian/foo.load") | LOAD_FILE, ("--no-act",)),
    Case("-v --no-act", lines("mod debian/foo.load", "conf debian/foo.conf") | LOAD_FILE | CONF_FILE, ("-v", "--no-act"),
         prints=("install -p -m0644 debian/foo.load debian/libapache2-mod-foo/etc/apache2/mods-available/foo.load",)),
    Case("--no-act with an a2mmn that acts", lines("mod debian/foo.load") | LOAD_FILE | {"tools/a2mmn": "#!/bin/sh\ntouch acted\n"},
         ("--no-act",), environment={"PATH": "tools:/usr/bin:/bin"}),
    Case("a conf without a2mmn", lines("conf debian/foo.conf") | CONF_FILE, environment={"PATH": "/usr/bin:/bin"}),
    Case("DH_NO_ACT", lines("mod debian/foo.load") | LOAD_FILE, environment={"DH_NO_ACT": "1"}),
    Case("-p", ALL | {"debian/foo.apache2": "conf debian/foo.conf\n"}, ("-pfoo",), packages=(MOD, APP)),
    Case("-N", ALL | {"debian/foo.apache2": "conf debian/foo.conf\n"}, ("-Nlibapache2-mod-foo",), packages=(MOD, APP)),
    Case("-i", ALL | {"debian/foo.apache2": "conf debian/foo.conf\n"}, ("-i",), packages=(MOD, APP)),
    Case("-a", lines("mod debian/foo.load") | LOAD_FILE | {"debian/foo.apache2": "conf gone.conf\n"}, ("-a",), packages=(MOD, APP)),
    Case("several packages", lines("mod debian/foo.load") | LOAD_FILE | CONF_FILE | {"debian/foo.apache2": "conf debian/foo.conf\n"},
         packages=(MOD, APP)),
    Case("-P", lines("mod debian/foo.load") | LOAD_FILE, ("-plibapache2-mod-foo", "-Pdebian/foo"), packages=(MOD, "foo: any")),
    *(Case(f"compat level {level}", lines("mod debian/foo.load", "conf debian/foo.conf nginx") | LOAD_FILE | CONF_FILE, compat=level)
      for level in (10, 11, 12, 14)),
    # The server's OpenSSL.
    Case("built with apache2-ssl-dev", lines("mod debian/foo.load") | LOAD_FILE, build_depends="dh-apache2, apache2-ssl-dev"),
    Case("built with a version of apache2-ssl-dev", lines("mod debian/foo.load") | LOAD_FILE,
         build_depends="dh-apache2,\n  apache2-ssl-dev (>= 2.4),\n  zlib1g-dev"),
    Case("a conf, built with apache2-ssl-dev", lines("conf debian/foo.conf") | CONF_FILE, build_depends="apache2-ssl-dev"),
]

DIFFERENT = [
    # What the name of a file has to end with.
    Case("a site", lines("site debian/shop.conf") | SITE_FILE, differs=("suffix",), calls=calls("site shop")),
    Case("all types", ALL, differs=("suffix", "modes"), calls=calls("mod foo", "conf extra", "site shop"),
         tree=["libapache2-mod-foo/etc/apache2/conf-available/extra.conf 644 # extra\n",
               "libapache2-mod-foo/etc/apache2/mods-available/foo.conf 644 # a conf\n",
               "libapache2-mod-foo/etc/apache2/mods-available/foo.load 644 " + LOAD,
               "libapache2-mod-foo/etc/apache2/sites-available/shop.conf 644 # a site\n",
               "libapache2-mod-foo/usr/lib/apache2/modules/mod_foo.so 644 binary"]),
    Case("a site, -e", lines("site debian/shop.conf") | SITE_FILE, ("-e",), differs=("suffix",), calls=calls("site shop", noenable=True)),
    Case("a conf that is none yet", lines("conf debian/foo.conf.in") | {"debian/foo.conf.in": "#\n"}, differs=("suffix", "mistakes"),
         status=255, substvars={}, calls={}, tree=[], stderr=[f"error: {LINES}:1: 'foo.conf.in' has to end with .conf"]),
    Case("a module's file that is none yet", lines("mod debian/foo.load.in") | {"debian/foo.load.in": "#\n"},
         differs=("suffix", "mistakes"), status=255, tree=[],
         stderr=[f"error: {LINES}:1: 'foo.load.in' has to end with .load, .conf or .so"]),
    Case("a site without suffix", lines("site debian/shop") | {"debian/shop": "#\n"}, differs=("suffix", "mistakes"),
         status=255, substvars={}, calls={}, tree=[], stderr=[f"error: {LINES}:1: 'shop' has to end with .conf"]),
    Case("a module's file without suffix", lines("# a comment", "", "mod debian/foo") | {"debian/foo": "#\n"},
         differs=("mistakes", "status"), stderr=[f"error: {LINES}:3: 'foo' has to end with .load, .conf or .so"]),
    Case("a conf without suffix", lines("conf debian/foo") | {"debian/foo": "#\n"},
         differs=("mistakes", "status"), stderr=[f"error: {LINES}:1: 'foo' has to end with .conf"]),
    # Wildcards.
    Case("a wildcard", lines("mod debian/*.load") | LOAD_FILE | {"debian/bar.load": LOAD}, differs=("wildcards", "mistakes"),
         status=255, substvars={}, calls={}, tree=[],
         stderr=[f"error: {LINES}:1: cannot read 'debian/*.load': No such file or directory (wildcards are not expanded)"]),
    Case("a wildcard in a folder", lines("mod d*/foo.load") | LOAD_FILE, differs=("wildcards", "mistakes"), status=255, substvars={},
         calls={}, tree=[], stderr=[f"error: {LINES}:1: cannot read 'd*/foo.load': No such file or directory (wildcards are not expanded)"]),
    Case("braces", lines("mod debian/{foo,bar}.load") | LOAD_FILE | {"debian/bar.load": LOAD}, differs=("wildcards", "mistakes"),
         status=255, substvars={}, calls={}, tree=[],
         stderr=[f"error: {LINES}:1: cannot read 'debian/{{foo,bar}}.load': No such file or directory (wildcards are not expanded)"]),
    Case("a file that is called as a wildcard", lines("mod d[e]bian/foo.load") | {"d[e]bian/foo.load": LOAD, "debian/foo.load": "#\n"},
         differs=("wildcards",), tree=["libapache2-mod-foo/etc/apache2/mods-available/foo.load 644 " + LOAD]),
    Case("a variable", lines("mod debian/${env:WHAT}.load") | LOAD_FILE, environment={"WHAT": "foo"}, differs=("wildcards",),
         status=0, substvars={"libapache2-mod-foo": DEPENDS}, calls=calls("mod foo"), stderr=[],
         tree=["libapache2-mod-foo/etc/apache2/mods-available/foo.load 644 " + LOAD]),
    # Shell.
    Case("a folder with a command in its name", lines("mod deb$(touch${Space}injected)/foo.load")
         | {"deb$(touch injected)/foo.load": LOAD}, differs=("shell",), status=0, substvars={"libapache2-mod-foo": DEPENDS},
         calls=calls("mod foo"), tree=["libapache2-mod-foo/etc/apache2/mods-available/foo.load 644 " + LOAD], stderr=[]),
    Case("a folder with a blank in its name", lines("mod my${Space}folder/foo.load") | {"my folder/foo.load": LOAD},
         differs=("shell",), status=0, substvars={"libapache2-mod-foo": DEPENDS}, calls=calls("mod foo"),
         tree=["libapache2-mod-foo/etc/apache2/mods-available/foo.load 644 " + LOAD], stderr=[]),
    *(Case(f"a name with {what}", {LINES: f"conf debian/{written}.conf\n", f"debian/{name}.conf": "#\n"}, differs=("shell", "names", "mistakes"),
           status=255, substvars={}, calls={}, tree=[], chance=True,
           stderr=[f"error: {LINES}:1: '{shown}.conf' has a name that the scripts of a package cannot use: letters, digits and any of"
                   " _.+@%=:,~- are possible, the first one a letter, a digit or _"])
      for what, written, name, shown in (
          ("a command", "$(touch${Space}injected)", "$(touch injected)", "$(touch injected)"),
          ("a command in backquotes", "`touch${Space}injected`", "`touch injected`", "`touch injected`"),
          ("a second command", "a;id;", "a;id;", "a;id;"),
          ("a blank", "a${Space}b", "a b", "a b"),
          ("a newline", "a${Newline}b", "a\nb", "a\\x0ab"),
          ("a quote", "it's", "it's", "it's"),
          ("a leading dash", "-f", "-f", "-f"),
          ("nothing before the suffix", "", "", ""))),
    *(Case(f"a name with {what} in the tree", {f"{CONFIG}/conf-available/{name}.conf": "#\n"}, differs=("names", "mistakes"),
           status=255, substvars={}, calls={}, chance=True,
           stderr=[f"error: {CONFIG}/conf-available: '{shown}.conf' has a name that the scripts of a package cannot use:"
                   " letters, digits and any of _.+@%=:,~- are possible, the first one a letter, a digit or _"])
      for what, name, shown in (("a command", "$(touch injected)", "$(touch injected)"), ("a blank", "a b", "a b"),
                                ("a newline", "a\nb", "a\\x0ab"))),
    # Folders.
    Case("folders of the same name elsewhere", {
        "debian/libapache2-mod-foo/usr/share/doc/foo/etc/apache2/mods-available/foo.load": LOAD,
        "debian/libapache2-mod-foo/usr/share/foo/etc/apache2/conf-available-examples/foo.conf": "#\n",
        f"{CONFIG}/sites-available/old/foo.conf": "#\n"}, differs=("folders",), substvars={}, calls={}),
    Case("folders that are called as files", {f"{CONFIG}/conf-available/foo.conf": "folder", f"{CONFIG}/conf-available/bar.conf": "#\n"},
         differs=("folders",), calls=calls("conf bar")),
    Case("names that only look like it", {f"{CONFIG}/conf-available/myconf": "#\n", f"{CONFIG}/conf-available/.conf": "#\n",
                                          f"{CONFIG}/mods-available/foo.load.conf": "#\n"},
         differs=("folders", "suffix"), substvars={}, calls={}, chance=True),
    Case("the order of a tree", {f"{CONFIG}/conf-available/{name}.conf": "#\n" for name in "zhqabxcmk"}, differs=("order",), chance=True,
         calls=calls("conf a b c h k m q x z")),
    # Mistakes.
    Case("an unknown type", lines("mod debian/foo.load", "module debian/foo.load") | LOAD_FILE, differs=("mistakes",), tree=[],
         status=255, chance=True, stderr=[f"error: {LINES}:2: unknown type 'module', where mod, conf or site has to stand"]),
    Case("a type without a file", lines("conf") | LOAD_FILE, differs=("mistakes",), chance=True, status=255, tree=[], substvars={}, calls={},
         stderr=[f"error: {LINES}:1: conf without a file"]),
    Case("a file that is not there", lines("mod debian/foo.load", "mod debian/foo.conf") | LOAD_FILE, differs=("mistakes",), tree=[],
         status=255, stderr=[f"error: {LINES}:2: cannot read 'debian/foo.conf': No such file or directory"]),
    Case("a folder instead of a file", lines("conf debian/foo.conf") | {"debian/foo.conf": "folder"}, differs=("mistakes",), tree=[],
         status=255, stderr=[f"error: {LINES}:1: 'debian/foo.conf' is no regular file"]),
    Case("a mistake in the second package", lines("mod debian/foo.load") | LOAD_FILE | {"debian/foo.apache2": "conf nothing.conf\n"},
         packages=(MOD, APP), differs=("mistakes",), status=255, substvars={}, calls={}, tree=[],
         stderr=["error: debian/foo.apache2:1: cannot read 'nothing.conf': No such file or directory"]),
    Case("a program that prints nonsense", {LINES: "#!/bin/sh\necho mod debian/foo.load\necho more\n"} | LOAD_FILE, differs=("mistakes",),
         tree=[], status=255, chance=True, stderr=[f"error: output of {LINES}, entry 2: unknown type 'more', where mod, conf or site has to stand"]),
    # Targets.
    Case("two files for one place", lines("conf debian/foo.conf", "conf other/foo.conf") | CONF_FILE | {"other/foo.conf": "# other\n"},
         differs=("targets", "mistakes"), status=255, substvars={}, calls={}, tree=[],
         stderr=[f"error: {LINES}:2: etc/apache2/conf-available/foo.conf comes from 'debian/foo.conf' already ({LINES}:1)"]),
    Case("a line twice", lines("conf debian/foo.conf", "conf debian/foo.conf") | CONF_FILE, differs=("targets",), calls=calls("conf foo")),
    # What follows the file.
    Case("more words on the line of a module", lines("mod debian/foo.load and more") | LOAD_FILE, differs=("rest",),
         stderr=[f"warning: {LINES}:1: nothing is made of what follows the file: 'and more'"]),
    Case("more words on the line of a site", lines("site debian/shop.conf nginx") | SITE_FILE, differs=("rest", "suffix"), calls=calls("site shop"),
         stderr=[f"warning: {LINES}:1: nothing is made of what follows the file: 'nginx'"]),
    Case("a comma between alternatives", lines("conf debian/foo.conf nginx, lighttpd") | CONF_FILE, differs=("rest",),
         stderr=[f"warning: {LINES}:1: alternatives are separated by '|', not by a comma: 'nginx, lighttpd'"]),
    Case("an alternative twice", lines("conf debian/foo.conf nginx", "conf debian/shop.conf nginx | httpd") | CONF_FILE | SITE_FILE,
         differs=("alternatives",), substvars={"libapache2-mod-foo": {"misc:Recommends": ["apache2 (>= 2.4.6-4~) | nginx | httpd"]}}),
    Case("alternatives that are no packages", lines("conf debian/foo.conf | nginx") | CONF_FILE, differs=("alternatives", "mistakes"),
         status=255, substvars={}, calls={}, tree=[], stderr=[f"error: {LINES}:1: '| nginx' is no list of packages"]),
    Case("an alternative that another command finds", lines("conf debian/foo.conf ${web:Servers}") | CONF_FILE, compat=12, differs=("wildcards",),
         substvars={"libapache2-mod-foo": {"misc:Recommends": ["apache2 (>= 2.4.6-4~) | ${web:Servers} | httpd"]}}),
    Case("a type with control characters", {LINES: "m\x1b[1mod debian/foo.load\n"} | LOAD_FILE, differs=("mistakes",), chance=True, status=255,
         stderr=[f"error: {LINES}:1: unknown type 'm\\x1b[1mod', where mod, conf or site has to stand"], tree=[]),
    # Binaries.
    Case("a binary alone", lines("mod src/mod_foo.so") | WITH_BINARY, differs=("binary", "modes"), substvars={"libapache2-mod-foo": DEPENDS},
         tree=["libapache2-mod-foo/usr/lib/apache2/modules/mod_foo.so 644 binary"]),
    # OpenSSL.
    Case("apache2-ssl-dev in Build-Depends-Arch", lines("mod debian/foo.load") | LOAD_FILE, source_fields="Build-Depends-Arch: apache2-ssl-dev\n",
         differs=("openssl",), substvars={"libapache2-mod-foo": SSL_DEPENDS}),
    Case("apache2-ssl-dev after a comment", lines("mod debian/foo.load") | LOAD_FILE, differs=("openssl",),
         build_depends="dh-apache2,\n# why not\n apache2-ssl-dev", substvars={"libapache2-mod-foo": SSL_DEPENDS}),
    Case("apache2-ssl-dev for another architecture", lines("mod debian/foo.load") | LOAD_FILE, differs=("openssl",),
         build_depends="dh-apache2, apache2-ssl-dev [hurd-any]", substvars={"libapache2-mod-foo": DEPENDS}),
    Case("apache2-ssl-dev for another profile", lines("mod debian/foo.load") | LOAD_FILE, differs=("openssl",),
         build_depends="dh-apache2, apache2-ssl-dev <pkg.foo.tls>", substvars={"libapache2-mod-foo": DEPENDS}),
    Case("a package that is nearly called apache2-ssl-dev", lines("mod debian/foo.load") | LOAD_FILE, differs=("openssl",),
         build_depends="dh-apache2, my-apache2-ssl-dev", substvars={"libapache2-mod-foo": DEPENDS}),
    # What a .load file says. Debian's does not look at it.
    Case("a binary that is installed, and in no package", lines("mod debian/foo.load")
         | {"debian/foo.load": f"LoadModule headers_module {SERVER_MODULES}/mod_headers.so\n"}, differs=("verify",),
         stderr=[f"warning: debian/foo.load:1: loads {SERVER_MODULES}/mod_headers.so, which is on this system, but not in the package"]),
    Case("a binary of another package of the source", lines("mod debian/foo.load") | WITH_BINARY
         | {"debian/foo.apache2": "mod src/mod_foo.so\n"}, packages=(MOD, "foo: any"), differs=("verify", "binary", "modes", "computed"),
         substvars={"libapache2-mod-foo": DEPENDS, "foo": DEPENDS}, calls=calls("mod foo"), status=0,
         stderr=["warning: foo holds a module of the server: such packages are called libapache2-mod-NAME"],
         tree=["foo/usr/lib/apache2/modules/mod_foo.so 644 binary", "libapache2-mod-foo/etc/apache2/mods-available/foo.load 644 " + LOAD]),
    Case("a binary that is nowhere", lines("mod debian/foo.load") | {"debian/foo.load": f"\nLoadModule foo_module {SERVER_MODULES}/mod_gone.so\n"},
         differs=("verify",), status=255, substvars={}, calls={},
         stderr=[f"error: libapache2-mod-foo: debian/foo.load:2: loads {SERVER_MODULES}/mod_gone.so, which is neither in the package nor on this"
                 " system (--no-verify skips this check)"]),
    Case("a binary that is nowhere, not verified", lines("mod debian/foo.load")
         | {"debian/foo.load": f"\nLoadModule foo_module {SERVER_MODULES}/mod_gone.so\n"}, ("-O--no-verify",)),
    Case("a module that the binary does not hold", lines("mod debian/foo.load") | WITH_BINARY
         | {"debian/foo.load": f"LoadModule foo_module {SERVER_MODULES}/mod_foo.so\n", f"{MODULES}/mod_foo.so": BINARY},
         differs=("verify",), status=255, substvars={}, calls={},
         stderr=["error: libapache2-mod-foo: debian/foo.load:1: loads foo_module from debian/libapache2-mod-foo/usr/lib/apache2/modules/mod_foo.so,"
                 " which holds headers_module (--no-verify skips this check)"]),
    Case("a dependency that nobody knows", lines("mod debian/foo.load") | {"debian/foo.load": f"# Depends: mime nosuch\n{LOAD}"} | TREE_BINARY,
         differs=("verify",),
         stderr=["warning: debian/foo.load:1: depends on nosuch, which is no module of this package, of the installed server, or of httpd 2.4"]),
    Case("a dependency on a module of another package of the source", lines("mod debian/foo.load")
         | {"debian/foo.load": f"# Depends: bar\n{LOAD}", "debian/bar.load": LOAD, "debian/libapache2-mod-bar.apache2": "mod debian/bar.load\n"},
         packages=(MOD, "libapache2-mod-bar: any")),
    Case("several mistakes in two files", lines("mod debian/foo.load", "mod debian/bar.load") | TREE_BINARY
         | {"debian/foo.load": f"# Depends: mod_mime,alias\n{LOAD}", "debian/bar.load": "LoadModule bar_module\n"},
         differs=("verify",), status=255, substvars={}, calls={},
         stderr=["error: libapache2-mod-foo: 2 errors:",
                 "    debian/bar.load:1: LoadModule needs an identifier and a file",
                 "    debian/foo.load:1: 'mod_mime,alias' cannot be the name of a module; separate names by blanks (--no-verify skips this check)"]),
    Case("a comment that is nearly magic, in a tree", {f"{CONFIG}/mods-available/foo.load": f"#Depends: mime\n{LOAD}"} | TREE_BINARY,
         differs=("verify",),
         stderr=[f"warning: {CONFIG}/mods-available/foo.load:1: '#Depends: mime' is ignored; a magic comment is written '# Depends: NAME' or"
                 " '# Conflicts: NAME' from the start of the line"]),
    Case("a binary for another server", lines("mod debian/foo.load") | LOAD_FILE | {f"{MODULES}/mod_foo.so": "old copy"},
         differs=("verify",), status=255, substvars={}, calls={},
         stderr=["error: libapache2-mod-foo: debian/foo.load:1: headers_module in debian/libapache2-mod-foo/usr/lib/apache2/modules/mod_foo.so is"
                 " for module magic number 20051115, but 20120211 is declared (--no-verify skips this check)"]),
    Case("a binary for a server that debian/control does not name", lines("mod debian/foo.load") | LOAD_FILE,
         package_fields="Depends: ${misc:Depends},\n# by hand\n apache2-api-20190101 | other\n", differs=("verify",), status=255,
         substvars={}, calls={},
         stderr=["error: libapache2-mod-foo: debian/foo.load:1: headers_module in debian/libapache2-mod-foo/usr/lib/apache2/modules/mod_foo.so is"
                 " for module magic number 20120211, but 20190101 is declared (--no-verify skips this check)"]),
    Case("a binary for the server that debian/control names", lines("mod debian/foo.load") | LOAD_FILE,
         package_fields="Depends: ${misc:Depends}, apache2-api-20120211\n"),
    Case("a binary for another server, not verified", lines("mod debian/foo.load") | LOAD_FILE | {f"{MODULES}/mod_foo.so": "old copy"},
         ("-O--no-verify",), differs=("computed",),
         substvars={"libapache2-mod-foo": {"misc:Depends": ["apache2-api-20051115", "apache2-bin (>= 2.4.16)"]}}),
    Case("a module without a2mmn", lines("mod debian/foo.load") | LOAD_FILE, environment={"PATH": "/usr/bin:/bin"}, differs=("computed",),
         status=255, substvars={}, calls={}, tree=[], stderr=["error: a2mmn, which reads the module magic number, is not to be found in PATH"]),
    *(Case(f"an a2mmn that {what}", lines("mod debian/foo.load") | LOAD_FILE | {"tools/a2mmn": f"#!/bin/sh\n{script}\n"}, options,
           environment={"PATH": "tools:/usr/bin:/bin"}, differs=("computed", "verify"), status=255, substvars={}, calls={},
           stderr=[f"error: libapache2-mod-foo: {said}"])
      for what, script, options, said in (
          ("fails when it verifies", "echo a2mmn: broken >&2; exit 1", (), "a2mmn: broken (--no-verify skips this check)"),
          ("fails when it emits", "echo a2mmn: broken >&2; exit 1", ("-O--no-verify",), "a2mmn: broken"),
          ("fails without a word", "exit 3", ("-O--no-verify",), "a2mmn emit ended with status 3"),
          ("is killed", "kill -9 $$", (), "a2mmn verify ended with status 137"),
          ("says nothing", "exit 0", (), "a2mmn emit said nothing"),
          ("says nonsense", "echo 'a b'", (), "a2mmn emit said 'a b'"))),
    # Names of packages, functions.
    Case("a package that is nearly properly named", {"debian/mylibapache2-mod-foo.apache2": "mod debian/foo.load\n"} | LOAD_FILE,
         packages=("mylibapache2-mod-foo: any",), differs=("package-name",),
         stderr=["warning: mylibapache2-mod-foo holds a module of the server: such packages are called libapache2-mod-NAME"]),
    *(Case(f"a condition that is {what}", lines("conf debian/foo.conf") | CONF_FILE, (f"--conditional={value}",),
           differs=("functions", "status", "words"), status=255, substvars={}, calls={}, tree=[], chance=True,
           stderr=[f"error: --conditional takes the name of a shell function, which '{shown}' cannot be"])
      for what, value, shown in (("no name", "a b", "a b"), ("a command", "x;id", "x;id"), ("a number", "9lives", "9lives"),
                                 ("a name with a newline", "name\n", "name\\x0a"))),
    Case("a handler of several words", lines("conf debian/foo.conf") | CONF_FILE, ("--error-handler=my_handler && echo \"a & b\"",),
         differs=("functions",), status=0, stderr=[], substvars={"libapache2-mod-foo": RECOMMENDS}, calls=calls("conf foo"),
         tree=["libapache2-mod-foo/etc/apache2/conf-available/foo.conf 644 # a conf\n"]),
    *(Case(f"a handler that is {what}", lines("conf debian/foo.conf") | CONF_FILE, (f"--error-handler={value}",),
           differs=("functions",), status=255, substvars={}, calls={}, tree=[],
           stderr=[f"error: --error-handler takes a shell command, which '{shown}' cannot be"])
      for what, value, shown in (("a blank", " ", " "), ("two lines", "a\nb", "a\\x0ab"))),
]
