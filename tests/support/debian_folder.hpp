// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/journal.hpp"
#include "core/plan.hpp"
#include "support/catalog_maker.hpp"
#include "support/temporary_folder.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph::test {

/// A configuration in Debian's layout in a folder of its own on the machine's file system: "conf" is the configuration,
/// "state" the state directory.
class DebianFolder {
public:
    DebianFolder();

    /// Adds NAME.load to the available modules, with a LoadModule after its header; and NAME.conf if wanted.
    void add_module(const std::string & name, const std::string & header = {}, bool conf = false) const;
    void add_entry(Kind kind, const std::string & name, const std::string & content = {}) const;
    /// Makes the link as the tools do; for a module that of its .conf too, if there is one.
    void enable(Kind kind, const std::string & name) const;
    /// folder is one of core::MARKER_FOLDERS.
    void add_marker(Kind kind, std::string_view folder, const std::string & name) const;

    /// The plan for what there is now; not read through a journal.
    [[nodiscard]] core::Plan plan_for(const core::Request & request) const;
    [[nodiscard]] core::JournalFolders journal_folders() const;
    /// Writes the journal that an interrupted command would have left.
    void leave_journal(core::JournalWord word, const std::vector<core::Change> & changes) const;
    void leave_journal_text(const std::string & text) const;
    /// The path of the journal in the folder.
    [[nodiscard]] std::string journal_name() const;
    [[nodiscard]] bool has_journal() const { return tree().contains(journal_name()); }

    /// Everything in the folder, by its path from there.
    [[nodiscard]] std::map<std::string, std::string> tree() const { return folder.tree(); }
    /// The same without the lock, and without the folders that a change makes for it and for markers.
    [[nodiscard]] std::map<std::string, std::string> content() const;

    TemporaryFolder folder;
    core::Layout layout;
};

/// Requests for switching the MPM.
core::Request switch_to(const std::string & name);

}  // namespace confgraph::test
