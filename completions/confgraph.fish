# SPDX-License-Identifier: Apache-2.0
# Completion for fish: a2enmod and its sisters, a2query, a2mpm, a2mmn and a2instance.

# The options of the command line that say which configuration is meant.
function __confgraph_place
    set -l words (commandline -opc)
    for i in (seq 2 (count $words))
        switch $words[$i]
            case '--root=*' '--instance=*' '--layout=*'
                echo -- $words[$i]
            case --root --instance --layout
                set -l next (math $i + 1)
                if test $next -le (count $words)
                    echo -- $words[$i]=$words[$next]
                end
        end
    end
end

# The names of a kind (-m, -c, -s) that can be enabled, disabled or asked about, one a line.
function __confgraph_names
    set -l kind $argv[1]
    set -l place (__confgraph_place)
    switch $argv[2]
    case enable
        a2query $place --list-available $kind 2>/dev/null | string match -v -r ' \(enabled by [a-z ]*\)$' | string replace -r -f ' \([a-z ]*\)$' ''
    case disable
        a2query $place $kind 2>/dev/null | string replace -r -f ' \([a-z ]*\)$' ''
    case all
        a2query $place --list-available $kind 2>/dev/null | string replace -r -f ' \([a-z ]*\)$' ''
    end
end

function __confgraph_mpms
    a2mpm (__confgraph_place) 2>/dev/null | string replace -r -f ' .*' ''
end

function __confgraph_instances
    a2instance list (__confgraph_place | string match -- '--root=*') 2>/dev/null | string replace -r ' .*' ''
end

# Declares the options that a program's help tells of; a line may name several.
function __confgraph_declare
    for line in ($argv[1] --help 2>/dev/null)
        set -l parts (string match -r '^ +(-.*?)(?:,|  +(.*)|)$' -- $line)
        or continue
        set -l short
        for option in (string split ', ' -- $parts[2])
            if set -l letter (string match -r '^-([[:alnum:]])$' -- $option)
                set short -s $letter[2]
            else if set -l long (string match -r '^--([a-z-]+)(.*)$' -- $option)
                __confgraph_declare_option $argv[1] $long[2] "$long[3]" "$parts[3]" $short
                set short
            end
        end
    end
end

# Declares one option: program, name, what its value is called, what is said of it, and -s with its letter if it has one.
function __confgraph_declare_option
    set -l -- option -c $argv[1] -l $argv[2] $argv[5..]
    test -n "$argv[4]"; and set -a -- option -d $argv[4]
    switch $argv[2]
        case root include also
            set -a -- option -x -a '(__fish_complete_directories)'
        case instance
            set -a -- option -x -a '(__confgraph_instances)'
        case layout
            set -a -- option -x -a 'debian fedora suse alt'
        case then
            set -a -- option -x -a 'restart reload'
        case graph
            set -a -- option -x -a 'dot svg mermaid'
        case format
            set -a -- option -x -a 'deb rpm suse pld alt'
        case why
            set -a -- option -x -a '(__confgraph_names -m all)'
        case '*'
            test -n "$argv[3]"; and set -a -- option -x
    end
    complete $option
end

for program in a2enmod a2dismod a2enconf a2disconf a2ensite a2dissite a2query a2mpm a2mmn a2instance
    type -q $program; and __confgraph_declare $program
end

complete -c a2enmod -f -a '(__confgraph_names -m enable)'
complete -c a2enconf -f -a '(__confgraph_names -c enable)'
complete -c a2ensite -f -a '(__confgraph_names -s enable)'
complete -c a2dismod -f -a '(__confgraph_names -m disable)'
complete -c a2disconf -f -a '(__confgraph_names -c disable)'
complete -c a2dissite -f -a '(__confgraph_names -s disable)'
complete -c a2query -f
complete -c a2query -s m -x -a '(__confgraph_names -m all)' -d 'is a module enabled'
complete -c a2query -s c -x -a '(__confgraph_names -c all)' -d 'is a conf enabled'
complete -c a2query -s s -x -a '(__confgraph_names -s all)' -d 'is a site enabled'
complete -c a2mpm -f -a '(__confgraph_mpms)'
complete -c a2mmn -n __fish_use_subcommand -f -a 'emit inspect verify'
complete -c a2instance -f
complete -c a2instance -n __fish_use_subcommand -a 'create list remove show'
complete -c a2instance -n '__fish_seen_subcommand_from remove show' -a '(__confgraph_instances)'
