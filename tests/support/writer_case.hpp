// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/change.hpp"
#include "support/catch.hpp"
#include "support/names.hpp"
#include "support/temporary_folder.hpp"

#include <confgraph/result.hpp>

#include <map>
#include <string>

namespace confgraph::test {

/// A change of a folder: what is in it before, what comes of it, and what is in it afterwards.
struct WriterCase {
    std::string what;
    std::map<std::string, std::string> before;
    core::Change change;
    std::string result;  ///< "changed", "nothing", or the error's name and file
    std::map<std::string, std::string> after;
};

/// What a writer returned, in the words of a case.
inline std::string said(const Result<bool> & applied, const std::string & folder) {
    if (applied) {
        return applied.value() ? "changed" : "nothing";
    }
    const Error & error = applied.error();
    return name_of(error.code()) + " " +
           (error.path().size() > folder.size() ? error.path().substr(folder.size() + 1) : ".");
}

/// Has a writer make the change in a folder of its own; start makes the writer for a path.
template <class Start>
void check(const WriterCase & sample, Start start) {
    const TemporaryFolder folder;
    folder.add_tree(sample.before);
    auto writer = start(folder.path());
    INFO(sample.what);
    CHECK(said(writer.apply(sample.change), folder.path()) == sample.result);
    CHECK(folder.tree() == sample.after);
}

}  // namespace confgraph::test
