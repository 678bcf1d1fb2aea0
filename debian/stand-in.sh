# shellcheck shell=sh
# What stands in for files of other packages lies in a folder of its own, and is put in their places as hard links when this
# package is configured: so that at each instant one of both is there, the other's file or ours, and that ours stays when dpkg
# takes this package's files away. dpkg is told first to unpack the other's file elsewhere, so that all that a crash can leave
# is one of these, for each place:
#
#   no diversion            the place is the other's, whatever lies among the originals
#   diversion               the original is the other's, and whatever lies in the place is ours to replace
package=$DPKG_MAINTSCRIPT_PACKAGE
ours=/usr/lib/$package/stand-in
originals=/usr/share/$package/originals

# Puts a file in a place in one step, whatever is there.
put() {
    rm -f "$2.confgraph-new"
    # mv refuses what has happened already.
    [ "$(stat -c %d:%i "$1")" != "$(stat -c %d:%i "$2" 2>/dev/null)" ] || return 0
    ln -P "$1" "$2.confgraph-new" 2>/dev/null || cp -a -T "$1" "$2.confgraph-new"
    mv -f -T "$2.confgraph-new" "$2"
}

# Lets the other's file be where it belongs again.
give_back() {
    if [ -e "$2" ] || [ -L "$2" ]; then
        put "$2" "$1"
    else
        # The other package is not installed.
        rm -f "$1" "$1.confgraph-new"
    fi
    dpkg-divert --quiet --package "$package" --no-rename --divert "$2" --remove "$1"
    rm -f "$2"
}

# The places that this package has taken: the place and where the original is, one on a line. Tools come last.
taken() {
    LC_ALL=C dpkg-divert --list | sed -n "s,^diversion of \(.*\) to \(.*\) by $package\$,\1 \2,p" | sort -r
}

# Tools come first: those scripts that call them know what the originals do not.
take_places() {
    (cd "$ours" && find . ! -type d) | sort | while read -r path; do
        place=/usr/${path#./}
        original=$originals/usr/${path#./}
        # Where dpkg leaves out documentation, there is no place for it.
        [ -d "${place%/*}" ] || continue
        holder=$(dpkg-divert --listpackage "$place")
        if [ -z "$holder" ]; then
            mkdir -p "${original%/*}"
            rm -f "$original"
            if [ -e "$place" ] || [ -L "$place" ]; then
                put "$place" "$original"
            fi
            dpkg-divert --quiet --package "$package" --no-rename --divert "$original" --add "$place"
        elif [ "$holder" != "$package" ]; then
            echo "$package: $place is diverted by $holder, and left alone" >&2
            continue
        fi
        put "$ours/${path#./}" "$place"
    done
    # What an earlier version stood in for.
    taken | while read -r place original; do
        if [ ! -e "$ours/${place#/usr/}" ] && [ ! -L "$ours/${place#/usr/}" ]; then
            give_back "$place" "$original"
        fi
    done
}

give_places_back() {
    taken | while read -r place original; do
        give_back "$place" "$original"
    done
    rm -rf "$originals"
    rmdir --ignore-fail-on-non-empty "${originals%/*}" 2>/dev/null || :
}
