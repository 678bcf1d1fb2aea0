# SPDX-License-Identifier: Apache-2.0
"""What is done with which of Debian's packages."""

import dataclasses
from typing import Optional


@dataclasses.dataclass(frozen=True)
class Step:
    """A shell command in each of the two chroots.

    In it, {names} are the packages of the case, {versions} the same with their versions, {archives} and {newer} their
    files, {server} and {newer-server} those of the server's package; {preinst-fails} and {prerm-fails} newer versions of
    libapache2-mod-xsendfile with such a script, {breaks} a package that cannot stay beside it."""

    name: str
    command: str
    # Whether the entries of the packages have to be enabled, or gone, afterwards: in both chroots.
    enabled: Optional[bool] = None
    # Enabled only by those packages that do so when they were there before.
    again: bool = False
    # No marker may say any more that they were ever there.
    forgotten: bool = False
    status: int = 0
    # Done in our chroot only, before the command.
    ours: str = ""
    # Lists the enabled modules all the time: an MPM is switched.
    switches: bool = False


@dataclasses.dataclass(frozen=True)
class Case:
    """Packages, and what happens to them, one step after the other."""

    name: str
    packages: tuple[str, ...]
    steps: tuple[Step, ...]
    # Whether the file system of the chroots can exchange folders that come from a lower layer.
    move_folders: bool = False


@dataclasses.dataclass(frozen=True)
class Entries:
    """What a package enables when it is installed for the first time."""

    names: tuple[str, ...]
    # Whether its scripts do so, too, when it was removed, but not purged, and comes back.
    again: bool = True
    # Whether they have the markers removed on a purge.
    forgets: bool = True


def entries(*names: str, **keywords) -> Entries:
    return Entries(names, **keywords)


PACKAGES = {
    "apache2-doc": entries(),
    "cgit": entries("conf/cgit"),
    "gitweb": entries("conf/gitweb"),
    "libapache2-mod-auth-cas": entries("module/auth_cas"),
    "libapache2-mod-auth-gssapi": entries("module/auth_gssapi"),
    "libapache2-mod-auth-mellon": entries("module/auth_mellon"),
    "libapache2-mod-auth-openidc": entries("module/auth_openidc"),
    "libapache2-mod-authnz-external": entries("module/authnz_external"),
    "libapache2-mod-evasive": entries("module/evasive"),
    "libapache2-mod-fcgid": entries("module/fcgid"),
    "libapache2-mod-jk": entries("module/jk"),
    "libapache2-mod-perl2": entries("module/perl"),
    "libapache2-mod-php8.2": entries("module/php8.2"),
    "libapache2-mod-python": entries("module/python"),
    "libapache2-mod-qos": entries("module/qos"),
    "libapache2-mod-rpaf": entries("module/rpaf"),
    "libapache2-mod-security2": entries("module/security2"),
    "libapache2-mod-shib": entries("module/shib", "conf/shib"),
    "libapache2-mod-svn": entries("module/authz_svn", "module/dav_svn"),
    "libapache2-mod-tile": entries("module/tile"),
    "libapache2-mod-wsgi-py3": entries("module/wsgi"),
    "libapache2-mod-xsendfile": entries("module/xsendfile"),
    "libapache2-mpm-itk": entries("module/mpm_itk", again=False),
    "man2html": entries("conf/man2html"),
    "nagios4-cgi": entries("conf/nagios4-cgi"),
    "php8.2-fpm": entries(),
    "sitesummary": entries("conf/sitesummary", again=False, forgets=False),
    "smokeping": entries("conf/smokeping"),
    "usemod-wiki": entries("conf/usemod-wiki"),
    "w3c-linkchecker": entries("conf/w3c-linkchecker"),
}

INSTALL = Step("install", "dpkg --install {archives}", enabled=True)
UPGRADE = Step("upgrade", "dpkg --install {newer}", enabled=True)
REMOVE = Step("remove", "dpkg --remove {names}", enabled=False)
INSTALL_AGAIN = Step("install again", "dpkg --install {newer}", enabled=True, again=True)
PURGE = Step("purge", "dpkg --purge {names}", enabled=False, forgotten=True)
# Of what the administrator has disabled.
UPGRADE_DISABLED = dataclasses.replace(UPGRADE, enabled=False)
INSTALL_DISABLED_AGAIN = dataclasses.replace(INSTALL_AGAIN, enabled=False)
INSTALL_ANEW = dataclasses.replace(INSTALL, name="install after the purge")
REMOVE_ANEW = dataclasses.replace(REMOVE, name="remove once more")
PURGE_REST = dataclasses.replace(PURGE, name="purge what is left")
LIFE = (INSTALL, UPGRADE, REMOVE, INSTALL_AGAIN, PURGE)
LONG_LIFE = (*LIFE, INSTALL_ANEW, REMOVE_ANEW, PURGE_REST)

LIFE_WITH_APT = (
    Step("install", "apt-get --yes install {versions}", enabled=True),
    Step("upgrade", "apt-get --yes upgrade", enabled=True),
    Step("remove", "apt-get --yes remove {names}", enabled=False),
    Step("install again", "apt-get --yes install {names}", enabled=True, again=True),
    Step("purge", "apt-get --yes purge {names}", enabled=False, forgotten=True),
)

UNPACK_SERVER = (
    Step("purge the server", "dpkg --purge --force-depends apache2"),
    Step("unpack the server", "dpkg --unpack {server}"),
    dataclasses.replace(INSTALL, enabled=False),
)
UPGRADE_WITH_SERVER = (
    INSTALL,
    Step("the administrator disables one", "a2dismod -q xsendfile"),
    Step("unpack the server", "dpkg --unpack {newer-server}"),
    dataclasses.replace(UPGRADE, enabled=None),
)
CONFIGURE_SERVER = Step("configure the server", "dpkg --configure apache2")
# Puts our function in the place of the same one in the postinst of the server's package.
EXECUTE_DEFERRED = (
    r"script=/var/lib/dpkg/info/apache2.postinst; sed -i 's:^\(\t*\)execute_deferred_actions$:"
    r"\1. /usr/share/apache2/apache2-maintscript-helper\n\1apache2_execute_deferred || true:' $script"
    " && grep -q apache2_execute_deferred $script"
)

XSENDFILE = ("libapache2-mod-xsendfile",)
PHP = ("libapache2-mod-php8.2",)
DEFERRED = ("libapache2-mod-php8.2", "libapache2-mod-svn", "libapache2-mod-xsendfile", "cgit")
SOME = ("libapache2-mod-xsendfile", "libapache2-mod-svn", "cgit")
LEAVE = Step("remove", "dpkg --remove libapache2-mod-xsendfile && dpkg --purge libapache2-mod-svn", enabled=False)

CASES = (
    Case(
        "modules",
        (
            "libapache2-mod-xsendfile", "libapache2-mod-rpaf", "libapache2-mod-auth-cas", "libapache2-mod-auth-gssapi",
            "libapache2-mod-authnz-external", "libapache2-mod-jk",
        ),
        LONG_LIFE,
    ),
    Case(
        "modules with configuration",
        (
            "libapache2-mod-auth-openidc", "libapache2-mod-auth-mellon", "libapache2-mod-evasive", "libapache2-mod-fcgid",
            "libapache2-mod-perl2", "libapache2-mod-tile",
        ),
        LIFE,
    ),
    Case("modules that need others", ("libapache2-mod-svn", "libapache2-mod-security2", "libapache2-mod-shib"), LIFE),
    # Debian 12's has an undefined symbol: the server refuses the configuration.
    Case("a module that the server cannot load", ("libapache2-mod-qos",), LIFE),
    Case("interpreters", ("libapache2-mod-wsgi-py3", "libapache2-mod-python"), LIFE),
    Case("web applications", ("cgit", "gitweb", "usemod-wiki", "man2html", "w3c-linkchecker"), LIFE_WITH_APT),
    Case("web applications that enable modules", ("smokeping", "sitesummary", "nagios4-cgi"), LIFE),
    Case(
        "web applications that leave it to the administrator",
        ("apache2-doc", "php8.2-fpm"),
        (
            INSTALL,
            Step("the administrator enables all", "a2enmod -q proxy_fcgi && a2enconf -q apache2-doc php8.2-fpm"),
            UPGRADE, REMOVE, INSTALL_AGAIN, PURGE,
        ),
    ),
    Case("php", PHP, (dataclasses.replace(LIFE_WITH_APT[0], switches=True), *LIFE_WITH_APT[1:])),
    Case("php, where folders can be exchanged", PHP, (dataclasses.replace(INSTALL, switches=True),), move_folders=True),
    Case("mpm_itk", ("libapache2-mpm-itk",), (dataclasses.replace(INSTALL, switches=True), *LIFE[1:])),
    Case(
        "the administrator disabled modules before the upgrade",
        SOME,
        (
            INSTALL,
            Step("the administrator disables all", "a2dismod -q -f xsendfile dav; a2disconf -q cgit", enabled=False),
            UPGRADE_DISABLED, REMOVE, INSTALL_DISABLED_AGAIN, PURGE, INSTALL_ANEW,
        ),
    ),
    Case(
        "the administrator decided against prefork",
        PHP,
        (
            Step("decide", "a2dismod -q mpm_event && a2enmod -q mpm_prefork && a2dismod -q mpm_prefork && a2enmod -q mpm_worker"),
            dataclasses.replace(INSTALL, enabled=False),
        ),
    ),
    Case(
        "the configuration is broken",
        XSENDFILE,
        (
            Step("break it", "echo NoSuchDirective on >/etc/apache2/conf-available/broken.conf && a2enconf -q broken"),
            *LIFE,
        ),
    ),
    Case("the server may not be told anything", XSENDFILE, (Step("deny", "touch /policy-denies"), *LIFE)),
    Case(
        "the administrator removed the link by hand",
        XSENDFILE,
        (
            INSTALL,
            Step("remove the link", "rm /etc/apache2/mods-enabled/xsendfile.load", enabled=False),
            *(dataclasses.replace(step, enabled=None) for step in LIFE[1:]),
        ),
    ),
    Case(
        "an upgrade that fails",
        XSENDFILE,
        (
            INSTALL,
            Step("upgrade", "dpkg --install {preinst-fails}", enabled=True, status=1),
            Step("upgrade with success", "dpkg --install {newer}", enabled=True),
        ),
    ),
    Case(
        "a removal that fails",
        XSENDFILE,
        (
            INSTALL,
            Step("upgrade to what cannot be removed", "dpkg --install {prerm-fails}", enabled=True),
            Step("remove", "dpkg --remove {names}", enabled=True, status=1),
        ),
    ),
    Case(
        "another package breaks it",
        XSENDFILE,
        (
            INSTALL,
            Step("deconfigure", "dpkg --auto-deconfigure --install {breaks}", status=1),
            Step("configure once more", "dpkg --force-breaks --configure --pending", enabled=True),
        ),
    ),
    Case(
        "the server is configured afterwards",
        DEFERRED,
        (*UNPACK_SERVER, dataclasses.replace(CONFIGURE_SERVER, enabled=True)),
    ),
    Case(
        "the server is configured afterwards, with our function",
        DEFERRED,
        (*UNPACK_SERVER, dataclasses.replace(CONFIGURE_SERVER, enabled=True, ours=EXECUTE_DEFERRED), REMOVE, INSTALL_AGAIN),
    ),
    Case("the server is upgraded afterwards", SOME, (*UPGRADE_WITH_SERVER, CONFIGURE_SERVER)),
    Case(
        "the server is upgraded afterwards, with our function",
        SOME,
        (*UPGRADE_WITH_SERVER, dataclasses.replace(CONFIGURE_SERVER, ours=EXECUTE_DEFERRED)),
    ),
    Case("packages are gone before the server is configured", SOME, (*UNPACK_SERVER, LEAVE, CONFIGURE_SERVER)),
    Case(
        "packages are gone before the server is configured, with our function",
        SOME,
        (*UNPACK_SERVER, LEAVE, dataclasses.replace(CONFIGURE_SERVER, ours=EXECUTE_DEFERRED)),
    ),
)
