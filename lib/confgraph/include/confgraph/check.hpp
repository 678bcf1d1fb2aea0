// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/catalog.hpp>
#include <confgraph/export.hpp>
#include <confgraph/kind.hpp>
#include <confgraph/location.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph {

namespace core {
struct Chain;
struct Finding;
}  // namespace core

/// What can be wrong with an enabled set.
enum class FindingCode : std::uint8_t {
    NO_MPM,                 ///< no MPM is enabled: the server does not start
    SEVERAL_MPMS,           ///< names() are all MPMs: the server does not start
    NEEDS_NONTHREADED_MPM,  ///< subject runs under prefork only, and object is enabled
    MISSING_DEPENDENCY,     ///< subject depends on object, which is not enabled
    UNKNOWN_DEPENDENCY,     ///< subject depends on object, which does not exist
    LOADED_LATER,           ///< subject depends on object, whose file is read after its own
    CONFLICT,               ///< subject and object are both enabled; where() are the declarations
    CYCLE,                  ///< names() depend on each other
    DANGLING_LINK,          ///< path leads nowhere
    DANGLING_CONF,          ///< path, a NAME.conf beside a NAME.load, leads nowhere
    FOREIGN_LINK,       ///< path leads to a file outside the available folder, text is where to; object is empty when
                        ///< there is no file of that name in it
    REAL_FILE,          ///< path is no link, so that tools cannot disable it; object is empty as above
    CONF_NOT_ENABLED,   ///< the module subject is enabled without its NAME.conf
    STALE_CONF,         ///< path is enabled, but not its module
    MARKER_DISAGREES,   ///< a marker says that subject was enabled (text is "enabled") or disabled, and it is not so;
                        ///< object is empty when there is no such entry
    BINARY_MISSING,     ///< the module binary path of subject does not exist
    MALFORMED_FILE,     ///< something is wrong in the file of subject; diagnostic() says what
    UNFINISHED_CHANGE,  ///< a change was interrupted, and the set is what it will be when that is completed
    JOURNAL_NOT_UNDERSTOOD,  ///< path, the journal of a change, makes no sense: nothing can be changed
    SEVERAL_LINES,           ///< several lines, where(), load the module subject: the server takes the first one
    START_LIST_DISAGREES,    ///< a list, where(), has a2chkconfig enable subject (text is "yes") or disable it, and it
                             ///< is not so
};

/// Something wrong with an enabled set, as data.
class CONFGRAPH_API Finding {
public:
    explicit Finding(std::shared_ptr<const core::Finding> impl);

    /// What is wrong; it says what the others mean.
    [[nodiscard]] FindingCode code() const;
    /// Whether the server will not start, or will not do what its configuration says; else it is a blemish.
    [[nodiscard]] bool is_error() const;
    /// The entry it is about; may be empty.
    /// What subject() is.
    [[nodiscard]] Kind kind() const;
    /// The entry it is about; may be empty.
    [[nodiscard]] const std::string & subject() const;
    /// The other entry; may be empty.
    [[nodiscard]] const std::string & object() const;
    /// The file or link it is about; may be empty.
    [[nodiscard]] const std::string & path() const;
    /// What else FindingCode names; not fit to be printed raw.
    [[nodiscard]] const std::string & text() const;
    /// All who take part, for the codes that name several.
    [[nodiscard]] const std::vector<std::string> & names() const;
    /// The declarations that it comes from.
    [[nodiscard]] std::vector<Location> where() const;
    /// For MALFORMED_FILE, what is wrong.
    [[nodiscard]] DiagnosticCode diagnostic() const;

private:
    std::shared_ptr<const core::Finding> impl_;
};

/// One way in which an enabled entry needs a module.
class CONFGRAPH_API Chain {
public:
    explicit Chain(std::shared_ptr<const core::Chain> impl);

    /// The kind of the entry that the chain begins with; the others are modules.
    [[nodiscard]] Kind kind() const;
    /// From the entry that needs the module down to the module.
    [[nodiscard]] const std::vector<std::string> & names() const;
    /// Where each of names(), the last excepted, declares that it depends on the next.
    [[nodiscard]] std::vector<Location> where() const;

private:
    std::shared_ptr<const core::Chain> impl_;
};

/// Everything wrong with the enabled set of a catalog made by read_all().
CONFGRAPH_API std::vector<Finding> check(const Catalog & catalog);

/// Every enabled entry that needs a module, each with the shortest chain; the catalog made by read_all().
CONFGRAPH_API std::vector<Chain> why(const Catalog & catalog, std::string_view module);

}  // namespace confgraph
