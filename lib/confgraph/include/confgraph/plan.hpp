// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/catalog.hpp>
#include <confgraph/export.hpp>
#include <confgraph/kind.hpp>
#include <confgraph/location.hpp>
#include <confgraph/request.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace confgraph {

namespace core {
struct Notice;
struct Operation;
struct Plan;
struct Step;
struct Unit;
}  // namespace core

/// One change to the file system.
enum class OperationCode : std::uint8_t {
    CREATE_LINK,
    REMOVE_LINK,
    SWITCH_LINK,  ///< one link takes the place of another in one step: at every instant exactly one of them is there
    CREATE_MARKER,
    REMOVE_MARKER,
    EDIT_LINE,    ///< a line of the file path() says target() in place of replaced_target()
    ADD_WORD,     ///< a variable in the file path(), in that line, gets the word target() at its end
    REMOVE_WORD,  ///< a variable in the file path(), in that line, loses the word replaced_target()
    CREATE_FILE,  ///< the file path() comes; target() is all that it says
    REMOVE_FILE,  ///< the file path(), all of which says replaced_target(), goes
    RENAME_FILE,  ///< the file replaced_path() gets the name path() in the same folder
};

/// One change to the file system, as data.
class CONFGRAPH_API Operation {
public:
    explicit Operation(std::shared_ptr<const core::Operation> impl);

    /// What is done.
    [[nodiscard]] OperationCode code() const;
    /// What comes, goes or changes, as a path inside of Layout::root().
    [[nodiscard]] const std::string & path() const;
    /// What a link to be created, or the link to be removed, points to; else as OperationCode says, or empty.
    [[nodiscard]] const std::string & target() const;
    /// For SWITCH_LINK, the path of the link that goes; for RENAME_FILE, of the file; else empty.
    [[nodiscard]] const std::string & replaced_path() const;
    /// For SWITCH_LINK, what the link that goes points to; else as OperationCode says, or empty.
    [[nodiscard]] const std::string & replaced_target() const;
    /// For EDIT_LINE, ADD_WORD and REMOVE_WORD, the line, which others of the plan do not move; else 0.
    [[nodiscard]] unsigned line() const;

    /// Whether both do the same to the same path.
    friend CONFGRAPH_API bool operator==(const Operation & left, const Operation & right);

private:
    std::shared_ptr<const core::Operation> impl_;
};

/// What happens to an entry.
enum class StepCode : std::uint8_t {
    ENABLE,           ///< its links are made
    ENABLE_CONF,      ///< the module was enabled without its NAME.conf, which is linked now
    DISABLE,          ///< its links are removed
    REMOVE_CONF,      ///< the module was disabled, but its NAME.conf was not
    REMOVE_DANGLING,  ///< links to nothing are removed
    PURGE,            ///< only its markers are removed
};

/// Why a step is in a plan.
enum class Reason : std::uint8_t {
    REQUESTED,      ///< it was named
    DEPENDENCY,     ///< because() depends on it
    DEPENDENT,      ///< it depends on because(), which is disabled
    CYCLE,          ///< it and because() depend on each other
    CONFLICT_LINK,  ///< because() conflicts with it, and its link leads nowhere
    REPLACED,       ///< because() takes its place: another MPM, or the other variant of the module
    VARIANT,        ///< it takes the place of because(), whose variant for this MPM it is
};

/// The change of one entry: operations that belong together, in a safe order.
class CONFGRAPH_API Step {
public:
    explicit Step(std::shared_ptr<const core::Step> impl);

    /// What happens to the entry.
    [[nodiscard]] StepCode code() const;
    /// The entry, without a suffix.
    [[nodiscard]] const std::string & name() const;
    /// Why this step is in the plan.
    [[nodiscard]] Reason reason() const;
    /// The entry that makes this step necessary; empty when it was requested.
    [[nodiscard]] const std::string & because() const;
    /// Where that is declared, if anywhere.
    [[nodiscard]] std::vector<Location> where() const;
    /// What is done to the file system, in this order.
    [[nodiscard]] std::vector<Operation> operations() const;

private:
    std::shared_ptr<const core::Step> impl_;
};

/// How much a notice matters.
enum class Severity : std::uint8_t {
    INFO,     ///< goes without saying
    CHANGE,   ///< something is changed
    WARNING,  ///< refused with a warning, or noteworthy
    ERROR,    ///< refused
};

/// What a notice says. Subject is the entry it is about, object the other one.
enum class NoticeCode : std::uint8_t {
    CONSIDERING_DEPENDENCY,   ///< subject depends on object, which is looked at next (disabling: the other way round)
    CHECKING_DEPENDENCY,      ///< subject, a conf or site, depends on the module object
    CONSIDERING_CONFLICT,     ///< subject declares a conflict with object
    ALREADY_ENABLED,          ///< nothing to do for subject
    ALREADY_DISABLED,         ///< nothing to do for subject
    ENABLING,                 ///< subject is enabled
    ENABLING_CONF,            ///< the NAME.conf of the enabled module subject is enabled
    DISABLED,                 ///< subject is disabled
    REMOVING_STALE_CONF,      ///< the NAME.conf of the disabled module subject is disabled
    DANGLING_LINK_REPLACED,   ///< path led nowhere and is removed while enabling
    DANGLING_LINK_REMOVED,    ///< path led nowhere and is removed while disabling
    THREADED_MPM,             ///< object is enabled in place of subject, as the MPM is threaded
    MPM_UNKNOWN,              ///< no MPM is enabled, so whether it is threaded cannot be said
    CYCLE,                    ///< names() depend on each other and are changed together
    SSL_HINT,                 ///< mod_ssl needs to be configured
    EXTERNAL_SERVICE,         ///< subject has an external service, which follows it
    NO_MATCH,                 ///< the pattern subject matches nothing
    BAD_NAME,                 ///< subject cannot be a name
    NOT_FOUND,                ///< subject does not exist; names() are similar ones, where() who asks for it
    DANGLING_LINK,            ///< path leads nowhere, and there is nothing to enable
    CANNOT_READ,              ///< path, the file of subject, cannot be read
    DEPENDENCY_FAILED,        ///< object, a dependency of subject, was refused
    CONFLICT,                 ///< object is enabled and conflicts with subject; where() are the declarations; path is
                              ///< object's enabled file, empty when only subject's own unit would have enabled it
    DEPENDENTS,               ///< names() depend on subject; where() are the declarations
    INDIRECT_DEPENDENT,       ///< subject depends on object, which depends, perhaps indirectly, on what was refused
    MODULE_NOT_ENABLED,       ///< the conf or site subject depends on the module object
    REAL_FILE,                ///< path is no link, and is left alone; subject is not properly enabled
    FOREIGN_LINK,             ///< path leads elsewhere, and is left alone; subject is not properly enabled
    CONF_REAL_FILE,           ///< path, the NAME.conf of subject, is no link, and is left alone
    CONF_FOREIGN_LINK,        ///< path, the NAME.conf of subject, leads elsewhere, and is left alone
    CANNOT_REMOVE_REAL_FILE,  ///< path is no link and is not deleted
    LAST_MPM,                 ///< subject, which is disabled, is the last MPM
    VARIANT_SWITCHED,         ///< object takes the place of subject, as its variant for the new MPM
    NOT_AN_MPM,               ///< subject is a module, but no MPM; names() are the MPMs there are
    STATIC_MPM,               ///< the MPM object is part of the server itself: none can be chosen
    NOT_IN_LAYOUT,            ///< the layout has nothing of the kind that subject would be
    // In layouts without links, what could not be edited with certainty, and is left alone; where() are the lines.
    LINE_IN_CONTAINER,  ///< the lines of subject depend on conditions; object is the container, as written
    SEVERAL_LINES,      ///< there are several lines for subject
    FILE_IS_LINK,       ///< path, the file with the line of subject, is a link to object
    GENERATED_FILE,     ///< path, the file with the line of subject, says that a program makes it; object are its words
    LINE_NOT_REVERSIBLE,  ///< the line of subject could not be brought back exactly, once it was switched
    SEVERAL_FILES,        ///< where() are both there, and a file's name says whether subject is enabled
    SEVERAL_WORDS,        ///< object are words that all mean subject
    VALUE_UNCLEAR,        ///< the variable path lists what is enabled, and object is why its value cannot be edited
    MPM_IS_SERVER,        ///< subject is an MPM, path its server: a layout chooses one of them, and never none
    // What stands in the way of enabling a module there.
    NO_BINARY,      ///< path, the binary that the line of subject names, does not exist
    NO_IDENTIFIER,  ///< path, a binary without a line, does not tell the module's identifier
    NO_FILE_NAME,   ///< no new file of the folder path can come after object, which subject depends on, and before what
                    ///< depends on it; object may be empty
};

/// Something to tell, as data; the words are the tool's.
class CONFGRAPH_API Notice {
public:
    explicit Notice(std::shared_ptr<const core::Notice> impl);

    /// What it says; that tells what the others mean.
    [[nodiscard]] NoticeCode code() const;
    /// How much it matters.
    [[nodiscard]] Severity severity() const;
    /// The entry it is about; may be empty.
    [[nodiscard]] const std::string & subject() const;
    /// The other entry; may be empty.
    [[nodiscard]] const std::string & object() const;
    /// The file or link it is about; may be empty.
    [[nodiscard]] const std::string & path() const;
    /// The participants; for DEPENDENTS each direct dependent, for CYCLE each member.
    [[nodiscard]] const std::vector<std::string> & names() const;
    /// Declarations; for DEPENDENTS and CYCLE one for each of names().
    [[nodiscard]] std::vector<Location> where() const;

private:
    std::shared_ptr<const core::Notice> impl_;
};

/// What became of one name of a request.
enum class UnitState : std::uint8_t { CHANGES, NOTHING_TO_DO, REFUSED };

/// One name of a request, planned by itself on the state the earlier ones leave: all of it is done, or nothing.
class CONFGRAPH_API Unit {
public:
    explicit Unit(std::shared_ptr<const core::Unit> impl);

    /// The name as it was asked for; for a pattern there is a unit for each match.
    [[nodiscard]] const std::string & name() const;
    /// What becomes of it.
    [[nodiscard]] UnitState state() const;

private:
    std::shared_ptr<const core::Unit> impl_;
};

/// What a request would change, as pure data. Not executing a plan is a dry run.
class CONFGRAPH_API Plan {
public:
    explicit Plan(std::shared_ptr<const core::Plan> impl);

    /// Everything there is to tell, in the order in which it comes up.
    [[nodiscard]] std::vector<Notice> notices() const;
    /// The changes, in the order in which links are changed.
    [[nodiscard]] std::vector<Step> steps() const;
    /// What becomes of each name, in the order of the request.
    [[nodiscard]] std::vector<Unit> units() const;
    /// Whether any unit was refused.
    [[nodiscard]] bool refused() const;
    /// Whether the server has to be restarted (modules) or reloaded (confs, sites).
    [[nodiscard]] bool needs_reload() const;
    /// Essential modules that are to be disabled: ask before committing.
    [[nodiscard]] const std::vector<std::string> & confirmations() const;
    /// Modules whose external service is to be enabled or disabled along.
    [[nodiscard]] const std::vector<std::string> & services() const;

    /// Whether both say and do the same.
    friend CONFGRAPH_API bool operator==(const Plan & left, const Plan & right);

    [[nodiscard]] const std::shared_ptr<const core::Plan> & impl() const { return impl_; }

private:
    std::shared_ptr<const core::Plan> impl_;
};

/// Plans a request on a catalog that was read for it. Pure: nothing is read, nothing is changed.
CONFGRAPH_API Plan plan(const Catalog & catalog, const Request & request);

}  // namespace confgraph
