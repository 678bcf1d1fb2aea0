// SPDX-License-Identifier: Apache-2.0
#include "check_text.hpp"

#include "common/command_line.hpp"
#include "common/language.hpp"
#include "common/place.hpp"
#include "common/spoken.hpp"

#include <confgraph/text.hpp>

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace a2query {

using confgraph::DiagnosticCode;
using confgraph::escape;
using confgraph::Finding;
using confgraph::FindingCode;
using confgraph::Kind;

namespace {

/// A call of a program for what a layout is about.
std::string in_instance(const confgraph::Layout & layout, std::string_view program) {
    return tool::program_line(program, layout.instance(), layout.root());
}

/// The program that enables or disables entries of a kind.
std::string program(const confgraph::Layout & layout, bool enable, Kind kind) {
    constexpr std::array<std::string_view, 3> ENDS = {"mod", "conf", "site"};
    return in_instance(layout, fmt::format("a2{}{}", enable ? "en" : "dis", ENDS[static_cast<std::size_t>(kind)]));
}

std::string locations(const Finding & finding) {
    std::string text;
    for (const confgraph::Location & location : finding.where()) {
        text += fmt::format("{}{}", text.empty() ? "" : ", ", escape(location.file()));
        if (location.line() != 0) {
            text += fmt::format(":{}", location.line());
        }
    }
    return text;
}

std::string names(const Finding & finding) {
    std::string text;
    for (const std::string & name : finding.names()) {
        text += fmt::format("{}{}", text.empty() ? "" : " ", escape(name));
    }
    return text;
}

std::string diagnostic_text(const Finding & finding) {
    std::string where = locations(finding);
    const std::string word = escape(finding.text());
    switch (finding.diagnostic()) {
        case DiagnosticCode::BYTE_ORDER_MARK:
            return tool::phrase(
                "{}: the file begins with a byte order mark, which the server takes for a directive; save it without",
                where);
        case DiagnosticCode::NAME_WITH_PATH:
            return tool::phrase("{}: '{}' is a path; write the name of a module", where, word);
        case DiagnosticCode::NAME_WITH_PREFIX:
            return tool::phrase("{}: '{}' begins with mod_; names of modules are written without", where, word);
        case DiagnosticCode::NAME_WITH_SUFFIX:
            return tool::phrase("{}: '{}' has the suffix of a file; names of modules are written without", where, word);
        case DiagnosticCode::NAME_MALFORMED:
            return tool::phrase("{}: '{}' cannot be the name of a module; separate names by blanks", where, word);
        case DiagnosticCode::SELF_REFERENCE:
            return tool::phrase("{}: {} names itself; take it out", where, word);
        case DiagnosticCode::AFTER_DIRECTIVE:
            return tool::phrase("{}: '{}' comes after the first directive and is ignored; move it to the top", where,
                                word);
        case DiagnosticCode::NEARLY_MAGIC:
            return tool::phrase(
                "{}: '{}' is ignored; a magic comment is written '# Depends: NAME' or '# Conflicts: NAME' from the "
                "start of the line",
                where, word);
        case DiagnosticCode::LINE_TOO_LONG:
            return tool::phrase("{}: the line has more than 64 KiB; what follows is not read", where);
        case DiagnosticCode::FILE_TOO_LARGE:
            return tool::phrase("{}: the file has more than 1 MiB; what follows is not read", where);
        case DiagnosticCode::LOAD_MODULE_INCOMPLETE:
            return tool::phrase("{}: LoadModule needs an identifier and a file", where);
        case DiagnosticCode::NOT_A_FILE:
            return tool::phrase("{}: not a file ({}); replace it", where, word);
        case DiagnosticCode::UNREADABLE:
            return tool::phrase("{}: cannot be read ({})", where, word);
        case DiagnosticCode::VALUE_UNCLEAR:
            return tool::phrase("{}: only a shell could tell the value of {}; write it as one line NAME=\"words\"",
                                where, word);
    }
    return where;
}

}  // namespace

std::string mpm_program(const confgraph::Layout & layout) { return in_instance(layout, "a2mpm"); }

std::string finding_text(const confgraph::Layout & layout, const Finding & finding) {
    std::string subject = escape(finding.subject());
    const std::string object = escape(finding.object());
    // As words of a command.
    const std::string subject_word = tool::shell_word(finding.subject());
    const std::string object_word = tool::shell_word(finding.object());
    const std::string path = escape(finding.path());
    const std::string kind = tool::spoken(finding.kind());
    const std::string enable = program(layout, true, finding.kind());
    const std::string disable = program(layout, false, finding.kind());
    const std::string enable_module = program(layout, true, Kind::MODULE);
    const std::string switch_mpm = mpm_program(layout);
    const std::string available = escape(layout.available_folder(finding.kind()));
    switch (finding.code()) {
        case FindingCode::NO_MPM:
            if (tool::chosen_by_other_alternatives(layout)) {
                return tool::phrase("no MPM is enabled in {}, and the server cannot start: {}", path,
                                    tool::other_alternatives_advice());
            }
            return tool::phrase("no MPM is enabled in {}, and the server cannot start: run {} NAME", path, switch_mpm);
        case FindingCode::SEVERAL_MPMS:
            return tool::phrase(
                "several MPMs are enabled in {} ({}), and the server cannot start: run {} NAME to keep one", path,
                names(finding), switch_mpm);
        case FindingCode::NEEDS_NONTHREADED_MPM:
            if (tool::chosen_by_other_alternatives(layout)) {
                return tool::phrase(
                    "{} needs an MPM without threads, and {} is enabled ({}): choose prefork with the alternatives of "
                    "that system, or {} {}",
                    subject, object, path, disable, subject_word);
            }
            return tool::phrase("{} needs an MPM without threads, and {} is enabled ({}): run {} prefork, or {} {}",
                                subject, object, path, switch_mpm, disable, subject_word);
        case FindingCode::MISSING_DEPENDENCY:
            return tool::phrase("{} {} depends on {}, which is not enabled ({}): run {} {}", kind, subject, object,
                                locations(finding), enable_module, object_word);
        case FindingCode::UNKNOWN_DEPENDENCY:
            return tool::phrase("{} {} depends on {}, which does not exist ({}): install it, or run {} {}", kind,
                                subject, object, locations(finding), disable, subject_word);
        case FindingCode::LOADED_LATER:
            return tool::phrase("{} needs the symbol {} of {}, which is loaded after it ({}): include {} in its file",
                                subject, escape(finding.text()), object, locations(finding), path);
        case FindingCode::CONFLICT:
            return tool::phrase("{} and {} are both enabled and conflict ({}): run {} for one of them", subject, object,
                                locations(finding), disable);
        case FindingCode::CYCLE:
            return tool::phrase(
                "the modules {} depend on each other ({}): they can only be enabled and disabled together",
                names(finding), locations(finding));
        case FindingCode::DANGLING_LINK:
            return tool::phrase("{} is a link that leads nowhere: run {} {}", path, disable, subject_word);
        case FindingCode::DANGLING_CONF:
            return tool::phrase("{} is a link that leads nowhere: remove it", path);
        case FindingCode::FOREIGN_LINK:
            return object.empty()
                       ? tool::phrase(
                             "{} leads to {}, and there is no file of that name in {}: put it there, or remove the "
                             "link",
                             path, escape(finding.text()), available)
                       : tool::phrase("{} leads to {} and not to the file of that name in {}: run {} {}, then {} {}",
                                      path, escape(finding.text()), available, disable, subject_word, enable,
                                      subject_word);
        case FindingCode::REAL_FILE:
            return object.empty()
                       ? tool::phrase("{} is no link: move it to {} and run {} {}", path, available, enable,
                                      subject_word)
                       : tool::phrase(
                             "{} is no link: compare it with the file of that name in {}, move it away, and run {} {}",
                             path, available, enable, subject_word);
        case FindingCode::CONF_NOT_ENABLED:
            return tool::phrase("{} is enabled without its configuration {}: run {} {}", subject, path, enable,
                                subject_word);
        case FindingCode::STALE_CONF:
            return object.empty() ? tool::phrase("{} is enabled, but there is no module {}: remove it", path, subject)
                                  : tool::phrase("{} is enabled, but the module {} is not: run {} {}", path, subject,
                                                 disable, subject_word);
        case FindingCode::MARKER_DISAGREES:
            if (object.empty()) {
                return tool::phrase("the marker {} says that {} {} is enabled, but there is none: remove the marker",
                                    path, kind, subject);
            }
            return finding.text() == "enabled"
                       ? tool::phrase(
                             "the marker {0} says that {1} {2} is enabled, but it is not: run {3} {4}, or remove the "
                             "marker",
                             path, kind, subject, enable, subject_word)
                       : tool::phrase(
                             "the marker {0} says that {1} {2} is disabled, but it is not: run {3} {4}, or remove the "
                             "marker",
                             path, kind, subject, disable, subject_word);
        case FindingCode::BINARY_MISSING:
            return tool::phrase("{} loads {} from {}, which does not exist ({}): install it, or run {} {}", subject,
                                object, path, locations(finding), disable, subject_word);
        case FindingCode::MALFORMED_FILE:
            return diagnostic_text(finding);
        case FindingCode::UNFINISHED_CHANGE:
            return tool::phrase(
                "a change was interrupted; the next command that changes something completes it, or takes it back: "
                "see confgraph(7)");
        case FindingCode::JOURNAL_NOT_UNDERSTOOD:
            return tool::phrase("the journal {} is not understood: see confgraph(7)", path);
        case FindingCode::SEVERAL_LINES:
            return tool::phrase("several lines load {} ({}), and only the first one counts: remove the others", subject,
                                locations(finding));
        case FindingCode::START_LIST_DISAGREES:
            if (finding.text() == "yes") {
                return tool::phrase(
                    "{0} {1} is not enabled, and a2chkconfig will change that: {2} says {1}=yes; add a line {1}=no to "
                    "a list that is read after it",
                    kind, subject, locations(finding));
            }
            return tool::phrase(
                "{0} {1} is enabled, and a2chkconfig will change that: {2} says {1}={3}; add a line {1}=yes to a list "
                "that is read after it",
                kind, subject, locations(finding), finding.text());
    }
    return subject;
}

}  // namespace a2query
