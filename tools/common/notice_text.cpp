// SPDX-License-Identifier: Apache-2.0
#include "common/notice_text.hpp"

#include "common/command_line.hpp"
#include "common/language.hpp"
#include "common/place.hpp"
#include "common/spoken.hpp"

#include <confgraph/text.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace tool {

using confgraph::Action;
using confgraph::escape;
using confgraph::Kind;
using confgraph::Notice;
using confgraph::NoticeCode;
using confgraph::Severity;

namespace {

std::string listed(const std::vector<std::string> & names) {
    std::string text;
    for (const std::string & name : names) {
        text += fmt::format("{}{}", text.empty() ? "" : ", ", escape(name));
    }
    return text;
}

std::string mpm_names(std::vector<std::string> modules) {
    for (std::string & module : modules) {
        module = confgraph::mpm_name(module);
    }
    return listed(modules);
}

}  // namespace

std::string location_text(const std::vector<confgraph::Location> & where) {
    std::string text;
    for (const confgraph::Location & location : where) {
        text += fmt::format("{}{}", text.empty() ? "" : ", ", escape(location.file()));
        if (location.line() != 0) {
            text += fmt::format(":{}", location.line());
        }
    }
    return text;
}

bool NoticeText::is_mpm(const std::string & module) const {
    const auto entry = catalog_.find(Kind::MODULE, module);
    // One that is part of the server is no entry.
    return entry ? entry->is_mpm() : confgraph::mpm_name(module) == catalog_.static_mpm();
}

std::string NoticeText::program(Action action) const { return command_for(call_, action, Kind::MODULE); }

void NoticeText::print(const Notice & notice) {
    switch (notice.severity()) {
        case Severity::INFO:
            if (!quiet_) {
                info(notice);
            }
            break;
        case Severity::CHANGE:
            change(notice);
            break;
        case Severity::WARNING:
        case Severity::ERROR:
            problem(notice);
            break;
    }
}

void NoticeText::info(const Notice & notice) {
    const std::string subject = escape(notice.subject());
    const std::string object = escape(notice.object());
    switch (notice.code()) {
        case NoticeCode::CONSIDERING_DEPENDENCY:
            output_.out("Considering dependency {} for {}:\n", object, subject);
            break;
        case NoticeCode::CHECKING_DEPENDENCY:
            output_.out("Checking dependency {} for {}:\n", object, subject);
            break;
        case NoticeCode::CONSIDERING_CONFLICT:
            output_.out("Considering conflict {} for {}:\n", object, subject);
            break;
        case NoticeCode::ALREADY_ENABLED:
            if (call_.action == Action::SWITCH && is_mpm(notice.subject())) {
                output_.out("MPM {} already enabled\n", escape(confgraph::mpm_name(notice.subject())));
            } else {
                output_.out("{} {} already enabled\n", spoken_title(call_.kind), subject);
            }
            break;
        case NoticeCode::ALREADY_DISABLED:
            output_.out("{} {} already disabled\n", spoken_title(call_.kind), subject);
            break;
        case NoticeCode::DANGLING_LINK_REPLACED:
            output_.out("Removing dangling link {}\n", escape(notice.path()));
            break;
        case NoticeCode::DANGLING_LINK_REMOVED:
            output_.out("removing dangling symlink {}\n", escape(notice.path()));
            break;
        case NoticeCode::CYCLE:
            cycle(notice);
            break;
        case NoticeCode::SSL_HINT:
            output_.out(
                "See /usr/share/doc/apache2/README.Debian.gz on how to configure SSL and create self-signed "
                "certificates.\n");
            break;
        default:
            break;
    }
}

void NoticeText::cycle(const Notice & notice) {
    const std::string modules = words(notice.names());
    const std::string where = location_text(notice.where());
    switch (call_.action) {
        case Action::ENABLE:
            output_.out("The modules {} depend on each other ({}) and are enabled together\n", modules, where);
            break;
        case Action::DISABLE:
            output_.out("The modules {} depend on each other ({}) and are disabled together\n", modules, where);
            break;
        case Action::SWITCH:
            output_.out("The modules {} depend on each other ({}) and are changed together\n", modules, where);
            break;
    }
}

void NoticeText::change(const Notice & notice) {
    const std::string subject = escape(notice.subject());
    switch (notice.code()) {
        case NoticeCode::ENABLING:
            output_.out("Enabling {} {}.\n", spoken(call_.kind), subject);
            break;
        case NoticeCode::ENABLING_CONF:
            output_.out("Enabling config file {}.conf.\n", subject);
            break;
        case NoticeCode::DISABLED:
            output_.out("{} {} disabled.\n", spoken_title(call_.kind), subject);
            break;
        case NoticeCode::REMOVING_STALE_CONF:
            output_.out("Disabling stale config file {}.conf.\n", subject);
            break;
        case NoticeCode::THREADED_MPM:
            output_.out("Your MPM seems to be threaded. Selecting {} instead of {}.\n", escape(notice.object()),
                        subject);
            break;
        case NoticeCode::VARIANT_SWITCHED:
            output_.out("Selecting {} instead of {} for this MPM.\n", escape(notice.object()), subject);
            break;
        default:
            break;
    }
}

void NoticeText::problem(const Notice & notice) {
    const std::string subject = escape(notice.subject());
    const std::string object = escape(notice.object());
    const std::string path = escape(notice.path());
    const std::string kind = spoken(call_.kind);
    switch (notice.code()) {
        case NoticeCode::NO_MATCH:
            output_.err("ERROR: No {} found matching {}!\n", kind, subject);
            break;
        case NoticeCode::BAD_NAME:
            bad_name(notice);
            break;
        case NoticeCode::NOT_FOUND:
            if (call_.action == Action::SWITCH && notice.where().empty()) {
                mpm_not_found(notice);
            } else {
                not_found(notice);
            }
            break;
        case NoticeCode::DANGLING_LINK:
            output_.err("ERROR: {} is a dangling symlink!\n", path);
            break;
        case NoticeCode::CANNOT_READ:
            output_.err("ERROR: Can't open {}: {}\n", path, object);
            break;
        case NoticeCode::DEPENDENCY_FAILED:
            output_.err("ERROR: Could not {} dependency {} for {}, aborting\n",
                        spoken(call_.action == Action::SWITCH ? Action::ENABLE : call_.action), object, subject);
            break;
        case NoticeCode::CONFLICT:
            conflict(notice);
            break;
        case NoticeCode::DEPENDENTS:
            dependents(notice);
            break;
        case NoticeCode::INDIRECT_DEPENDENT:
            output_.err("HINT: {} depends on {} ({})\n", subject, object, location_text(notice.where()));
            break;
        case NoticeCode::MODULE_NOT_ENABLED:
            output_.err("WARNING: Module {} is not enabled, but {} depends on it, aborting\n", object, subject);
            output_.err("HINT: {} depends on {} ({}): run {} {} first\n", subject, object,
                        location_text(notice.where()), program(Action::ENABLE), shell_word(notice.object()));
            break;
        case NoticeCode::REAL_FILE:
            output_.err("ERROR: {} {} not properly enabled: {} is a real file, not touching it\n",
                        spoken_title(call_.kind), subject, path);
            output_.err("HINT: compare it with the file of that name in {}, move it away, and run this again\n",
                        escape(layout_.available_folder(call_.kind)));
            break;
        case NoticeCode::FOREIGN_LINK:
            output_.err("ERROR: {} {} not properly enabled: {} exists but does not point to {}, not touching it\n",
                        spoken_title(call_.kind), subject, path, object);
            output_.err("HINT: run {} {} to remove that link\n", command_for(call_, Action::DISABLE, call_.kind),
                        shell_word(notice.subject()));
            break;
        case NoticeCode::CONF_REAL_FILE:
            output_.err("ERROR: Config file {}.conf not properly enabled: {} is a real file, not touching it\n",
                        subject, path);
            output_.err("HINT: compare it with the file of that name in {}, move it away, and run this again\n",
                        escape(layout_.available_folder(call_.kind)));
            break;
        case NoticeCode::CONF_FOREIGN_LINK:
            output_.err(
                "ERROR: Config file {}.conf not properly enabled: {} exists but does not point to {}, not touching "
                "it\n",
                subject, path, object);
            output_.err("HINT: remove {} and run this again\n", path);
            break;
        case NoticeCode::CANNOT_REMOVE_REAL_FILE:
            output_.err("ERROR: {} is not a symbolic link, not deleting\n", path);
            output_.err("HINT: move it away to disable {}; nothing of {} was changed\n", subject, subject);
            break;
        case NoticeCode::MPM_UNKNOWN:
            output_.err("ERROR: Can't determine enabled MPM\n");
            break;
        case NoticeCode::LAST_MPM:
            output_.err(
                "WARNING: without {} no MPM is enabled, and the server will not start; to switch in one step: {} "
                "NAME\n",
                subject, program(Action::SWITCH));
            break;
        case NoticeCode::NOT_AN_MPM:
            output_.err("ERROR: Module {} is no MPM!\n", subject);
            output_.err("HINT: the MPMs are: {}\n", mpm_names(notice.names()));
            break;
        case NoticeCode::STATIC_MPM:
            output_.err("ERROR: The MPM {} is part of the server itself, and no other can be enabled!\n", object);
            break;
        default:
            obstacle(notice);
            break;
    }
}

void NoticeText::obstacle(const Notice & notice) {
    const std::string subject = escape(notice.subject());
    const std::string object = escape(notice.object());
    const std::string path = escape(notice.path());
    const std::string where = location_text(notice.where());
    switch (notice.code()) {
        case NoticeCode::NOT_IN_LAYOUT:
            output_.err("ERROR: There are no sites in this layout, so {} cannot be one!\n", subject);
            output_.err("HINT: what belongs to a site is a conf here: use {}\n",
                        command_for(call_, call_.action, Kind::CONF));
            break;
        case NoticeCode::LINE_IN_CONTAINER:
            output_.err("ERROR: Whether {} is loaded depends on <{}> ({}), not touching it\n", subject, object, where);
            output_.err("HINT: change these lines by hand\n");
            break;
        case NoticeCode::SEVERAL_LINES:
            output_.err("ERROR: There are several lines for {} ({}), not touching them\n", subject, where);
            output_.err("HINT: remove all of them but one\n");
            break;
        case NoticeCode::FILE_IS_LINK:
            output_.err("ERROR: {} is a link to {}, and the line of {} is in there ({}), not touching it\n", path,
                        object, subject, where);
            output_.err("HINT: change that line by hand\n");
            break;
        case NoticeCode::GENERATED_FILE:
            output_.err("ERROR: {}, which has the line of {}, says that a program makes it ({}: {}), not touching it\n",
                        path, subject, where, object);
            output_.err("HINT: change it by means of that program\n");
            break;
        case NoticeCode::LINE_NOT_REVERSIBLE:
            output_.err("ERROR: The line of {} could not be brought back as it is ({}), not touching it\n", subject,
                        where);
            output_.err("HINT: write it as '#LoadModule NAME_module FILE.so', from the start of the line\n");
            break;
        case NoticeCode::SEVERAL_FILES:
            output_.err("ERROR: There are two files for {} ({}), not touching them\n", subject, where);
            output_.err("HINT: compare them and remove one\n");
            break;
        case NoticeCode::SEVERAL_WORDS:
            output_.err("ERROR: Several words mean {} ({}: {}), not touching them\n", subject, where, object);
            output_.err("HINT: remove all of them but one\n");
            break;
        case NoticeCode::VALUE_UNCLEAR:
            output_.err("ERROR: {}, which says whether {} is enabled, {} ({}), not touching it\n", path, subject,
                        object, where);
            output_.err("HINT: write it as one line {}=\"words\"\n", path);
            break;
        case NoticeCode::MPM_IS_SERVER:
            output_.err("ERROR: The MPM {} is a server of its own in this layout, and one is always chosen\n",
                        escape(confgraph::mpm_name(notice.subject())));
            if (chosen_by_other_alternatives(layout_)) {
                output_.err("HINT: choose another one with the alternatives of that system\n");
            } else {
                output_.err("HINT: {} chooses another one\n", program(Action::SWITCH));
            }
            break;
        case NoticeCode::NO_BINARY:
            output_.err("ERROR: {}, the binary of {}, does not exist ({})\n", path, subject, where);
            output_.err("HINT: install what provides it\n");
            break;
        case NoticeCode::NO_IDENTIFIER:
            output_.err("ERROR: {} does not tell the identifier of its module, so no line can be made for it\n", path);
            output_.err("HINT: write a file with its LoadModule line to {}\n",
                        escape(layout_.enabled_folder(call_.kind)));
            break;
        case NoticeCode::NO_FILE_NAME:
            if (object.empty()) {
                output_.err("ERROR: No name of a file in {} puts {} where its dependencies are loaded before it\n",
                            path, subject);
            } else {
                output_.err(
                    "ERROR: No name of a file in {} puts {} where its dependencies are loaded before it and it before "
                    "what needs it; the last of the former is in {}\n",
                    path, subject, object);
            }
            output_.err("HINT: write its LoadModule line to a file there by hand\n");
            break;
        default:
            break;
    }
}

void NoticeText::mpm_not_found(const Notice & notice) {
    output_.err("ERROR: MPM {} does not exist!\n", escape(confgraph::mpm_name(notice.subject())));
    if (notice.names().empty()) {
        output_.err("HINT: run {} to list the MPMs that there are\n", program(Action::SWITCH));
    } else {
        output_.err("HINT: did you mean {}?\n", mpm_names(notice.names()));
    }
}

void NoticeText::not_found(const Notice & notice) {
    const std::string subject = escape(notice.subject());
    const std::string object = escape(notice.object());
    const std::string available = escape(layout_.available_folder(call_.kind));
    output_.err("ERROR: {} {} does not exist!\n", spoken_title(call_.kind), subject);
    if (!notice.where().empty() && call_.action != Action::DISABLE) {
        output_.err("HINT: {} depends on {} ({}), which is not in {}: install what provides it\n", object, subject,
                    location_text(notice.where()), available);
    } else if (!notice.where().empty()) {
        output_.err("HINT: {} depends on {} ({}), but is not in {}: remove it from {} by hand\n", subject, object,
                    location_text(notice.where()), available, escape(layout_.enabled_folder(call_.kind)));
    }
    if (!notice.names().empty()) {
        output_.err("HINT: did you mean {}?\n", listed(notice.names()));
    }
}

void NoticeText::conflict(const Notice & notice) {
    const std::string subject = escape(notice.subject());
    const std::string object = escape(notice.object());
    std::string advice = phrase("both are needed here, so one of these files has to be corrected");
    if (!notice.path().empty() && is_mpm(notice.subject()) && is_mpm(notice.object())) {
        advice = chosen_by_other_alternatives(layout_)
                     ? other_alternatives_advice()
                     : phrase("to switch in one step, run {} {}", program(Action::SWITCH),
                              shell_word(confgraph::mpm_name(notice.subject())));
    } else if (!notice.path().empty()) {
        advice = phrase("run {} {} first", program(Action::DISABLE), shell_word(notice.object()));
    }
    output_.err("ERROR: Module {} is enabled - cannot proceed due to conflicts. It needs to be disabled first!\n",
                object);
    if (notice.where().empty()) {
        output_.err("HINT: {} and {} are both MPMs, and the server loads exactly one: {}\n", subject, object, advice);
    } else {
        output_.err("HINT: {} conflicts with {} ({}): {}\n", subject, object, location_text(notice.where()), advice);
    }
}

void NoticeText::dependents(const Notice & notice) {
    const std::string subject = escape(notice.subject());
    output_.err("ERROR: The following modules depend on {} and need to be disabled first: {}\n", subject,
                words(notice.names()));
    const auto where = notice.where();
    for (std::size_t i = 0; i < where.size(); ++i) {
        output_.err("HINT: {} depends on {} ({}:{})\n", escape(notice.names()[i]), subject, escape(where[i].file()),
                    where[i].line());
    }
    if (call_.action == Action::SWITCH) {
        output_.err("HINT: run {} -f {} to disable them along\n", program(Action::SWITCH),
                    shell_words(request_.arguments()));
    } else {
        output_.err("HINT: run {} -f {} to disable {} and all that depends on it\n", program(Action::DISABLE),
                    shell_word(notice.subject()), subject);
    }
}

void NoticeText::bad_name(const Notice & notice) {
    const std::string & name = notice.subject();
    const bool control = std::any_of(name.begin(), name.end(),
                                     [](char byte) { return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F; });
    const std::string reason = name.empty()                          ? phrase("it is empty")
                               : name.find('/') != std::string::npos ? phrase("it has a '/'")
                               : control                             ? phrase("it has a control character")
                               : name.front() == '-'                 ? phrase("it begins with a dash")
                               : name == "." || name == ".."         ? phrase("it is a folder")
                                                                     : phrase("it is too long");
    // A long one would only push the reason off the screen.
    constexpr std::size_t SHOWN_BYTES = 80;
    const bool cut = name.size() > SHOWN_BYTES;
    output_.err("ERROR: '{}{}' is no name of a {}: {}; name a file in {} without its suffix {}\n",
                escape(std::string_view(name).substr(0, SHOWN_BYTES)), cut ? "..." : "", spoken(call_.kind), reason,
                escape(layout_.available_folder(call_.kind)), confgraph::suffix(call_.kind));
}

}  // namespace tool
