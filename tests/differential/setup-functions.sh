# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# What the setup of a scenario may use; see scenarios/README.md.

E=/etc/apache2
S=/var/lib/apache2

# file PATH FORMAT: write a file, FORMAT as for printf, missing folders included
file() {
    mkdir -p "${1%/*}"
    # shellcheck disable=SC2059
    printf "$2" >"$1"
}

# mod NAME [DEPENDS [CONFLICTS]]: an available module; it loads nothing, so the configuration stays valid
mod() {
    {
        [ -z "${2-}" ] || echo "# Depends: $2"
        [ -z "${3-}" ] || echo "# Conflicts: $3"
        echo "# nothing to load"
    } >"$E/mods-available/$1.load"
}

# modconf NAME: the .conf file that goes with an available module
modconf() {
    echo "# configuration of $1" >"$E/mods-available/$1.conf"
}

# conf NAME [DEPENDS], site NAME [DEPENDS]: an available conf or site
conf() {
    entry conf "$@"
}
site() {
    entry sites "$@"
}
entry() {
    {
        [ -z "${3-}" ] || echo "# Depends: $3"
        echo "# nothing to configure"
    } >"$E/$1-available/$2.conf"
}

# on KIND NAME...: enable entries (mods, conf or sites) by their usual links, without markers
on() {
    kind=$1
    shift
    for name in "$@"; do
        for suffix in load conf; do
            if [ -e "$E/$kind-available/$name.$suffix" ]; then
                ln -s "../$kind-available/$name.$suffix" "$E/$kind-enabled/$name.$suffix"
            fi
        done
    done
}

# off KIND NAME...: the opposite of on; the markers stay
off() {
    kind=$1
    shift
    for name in "$@"; do
        rm -f "$E/$kind-enabled/$name.load" "$E/$kind-enabled/$name.conf"
    done
}

# marker KIND STATE NAME...: markers, e.g. marker module disabled_by_maint status
marker() {
    mkdir -p "$S/$1/$2"
    folder=$S/$1/$2
    shift 2
    for name in "$@"; do
        : >"$folder/$name"
    done
}

# mpm NAME: make this the only MPM
mpm() {
    off mods mpm_event mpm_worker mpm_prefork
    on mods "mpm_$1"
}

# instance NAME: a copy of the configuration in /etc/apache2-NAME
instance() {
    cp -a "$E" "$E-$1"
}
