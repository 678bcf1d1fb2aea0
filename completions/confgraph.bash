# SPDX-License-Identifier: Apache-2.0
# Completion for bash: a2enmod and its sisters, a2query, a2mpm, a2mmn and a2instance.
#
# Names of entries come from files, and anybody may have chosen them: they are compared and quoted, and never expanded as
# words of the shell, which `compgen -W` would do.

# Offers the lines of standard input that begin with what has been typed.
_confgraph_offer() {
    local word quoted typed=${1//\\/}
    while IFS= read -r word; do
        if [[ $word == "$typed"* ]]; then
            printf -v quoted %q "$word"
            COMPREPLY+=("$quoted")
        fi
    done
}

# Offers the names of a kind (-m, -c, -s) that can be enabled, disabled or asked about. What else follows says which
# configuration is meant.
_confgraph_names() {
    local kind=$1 state=$2
    shift 2
    case $state in
        enable) a2query "$@" --list-available "$kind" | sed -n '/ (enabled by [a-z ]*)$/!s/ ([a-z ]*)$//p' ;;
        disable) a2query "$@" "$kind" | sed -n 's/ ([a-z ]*)$//p' ;;
        all) a2query "$@" --list-available "$kind" | sed -n 's/ ([a-z ]*)$//p' ;;
    esac 2>/dev/null
}

_confgraph_first_words() { sed -n 's/^\([^ ][^ ]*\).*/\1/p'; }

# Offers the values of an option; returns whether there is such an option.
_confgraph_value() {
    local typed=$2
    case $1 in
        --root | --include | --also)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -d -- "$typed")
            ;;
        --instance) _confgraph_offer "$typed" < <(a2instance list "${root[@]}" 2>/dev/null | _confgraph_first_words) ;;
        --layout) _confgraph_offer "$typed" <<<$'debian\nfedora\nsuse\nalt' ;;
        --then) _confgraph_offer "$typed" <<<$'restart\nreload' ;;
        --graph) _confgraph_offer "$typed" <<<$'dot\nsvg\nmermaid' ;;
        --format) _confgraph_offer "$typed" <<<$'deb\nrpm\nsuse\npld\nalt' ;;
        --wait | --script | --configured | --mmn) ;;
        *) return 1 ;;
    esac
}

_confgraph() {
    local program=${1##*/} typed=$2 previous=$3 value option i
    local -a place=() root=()
    COMPREPLY=()
    # The "=" between an option and its value is a word of its own.
    if [[ $typed == = ]]; then
        typed=
    elif [[ $previous == = ]]; then
        previous=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    for ((i = 1; i < COMP_CWORD; ++i)); do
        case ${COMP_WORDS[i]} in
            --root | --instance | --layout)
                option=${COMP_WORDS[i]} value=${COMP_WORDS[i + 1]-}
                [[ $value != = ]] || value=${COMP_WORDS[++i + 1]-}
                ((i + 1 >= COMP_CWORD)) || place+=("$option=$value")
                ((i + 1 >= COMP_CWORD)) || [[ $option != --root ]] || root=("--root=$value")
                ;;
        esac
    done
    if [[ $program == a2*-* ]]; then
        place+=("--instance=${program#*-}")
        program=${program%%-*}
    fi
    if _confgraph_value "$previous" "$typed"; then
        return
    fi
    if [[ $typed == -* ]]; then
        _confgraph_offer "$typed" \
            < <("$program" --help 2>/dev/null | sed -n '/^  *-/{s/^  *//;s/   *.*//;s/, */\n/g;p}' | sed -n 's/^\(--[a-z-]*\).*/\1/p')
        return
    fi
    case $program:$previous in
        a2query:-m | a2query:--why) _confgraph_offer "$typed" < <(_confgraph_names -m all "${place[@]}") ;;
        a2query:-c | a2query:-s) _confgraph_offer "$typed" < <(_confgraph_names "$previous" all "${place[@]}") ;;
        a2enmod:*) _confgraph_offer "$typed" < <(_confgraph_names -m enable "${place[@]}") ;;
        a2enconf:*) _confgraph_offer "$typed" < <(_confgraph_names -c enable "${place[@]}") ;;
        a2ensite:*) _confgraph_offer "$typed" < <(_confgraph_names -s enable "${place[@]}") ;;
        a2dismod:*) _confgraph_offer "$typed" < <(_confgraph_names -m disable "${place[@]}") ;;
        a2disconf:*) _confgraph_offer "$typed" < <(_confgraph_names -c disable "${place[@]}") ;;
        a2dissite:*) _confgraph_offer "$typed" < <(_confgraph_names -s disable "${place[@]}") ;;
        a2mpm:*) _confgraph_offer "$typed" < <(a2mpm "${place[@]}" 2>/dev/null | _confgraph_first_words) ;;
        a2mmn:*)
            if ((COMP_CWORD == 1)); then
                _confgraph_offer "$typed" <<<$'emit\ninspect\nverify'
            else
                compopt -o filenames 2>/dev/null
                mapfile -t COMPREPLY < <(compgen -f -- "$typed")
            fi
            ;;
        a2instance:*)
            if ((COMP_CWORD == 1)); then
                _confgraph_offer "$typed" <<<$'create\nlist\nremove\nshow'
            elif [[ ${COMP_WORDS[1]} == @(remove|show) ]]; then
                _confgraph_value --instance "$typed"
            fi
            ;;
    esac
}

complete -F _confgraph a2enmod a2dismod a2enconf a2disconf a2ensite a2dissite a2query a2mpm a2mmn a2instance
