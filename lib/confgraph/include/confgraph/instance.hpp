// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/export.hpp>
#include <confgraph/layout.hpp>
#include <confgraph/result.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph {

namespace core {
struct Instance;
struct InstanceIssue;
struct InstancePlan;
struct InstanceRequest;
struct InstanceStep;
struct PortUse;
}  // namespace core

/// An instance of the server that is to be made beside the default one.
class CONFGRAPH_API InstanceRequest {
public:
    /// The name is what follows the dash in /etc/apache2-NAME.
    explicit InstanceRequest(std::string_view name);

    /// The user that its server runs as, and the group: the user's own one by default. Without a user, those of the
    /// first server hold, if this process is not root's.
    [[nodiscard]] InstanceRequest with_user(std::string_view name) const;
    /// The group, where it is not the user's own one.
    [[nodiscard]] InstanceRequest with_group(std::string_view name) const;
    /// The ports that it listens on, without and with TLS; by default those that no other instance has.
    [[nodiscard]] InstanceRequest with_port(std::uint16_t port) const;
    /// The port for TLS.
    [[nodiscard]] InstanceRequest with_ssl_port(std::uint16_t port) const;
    /// A system that lies below a folder and does not run, as LayoutOptions::with_root() has it. Nothing is executed or
    /// started, users and groups are those of its own files, and its server needs a user of its own, whoever asks.
    [[nodiscard]] InstanceRequest with_root(std::string_view folder) const;

    [[nodiscard]] const core::InstanceRequest & impl() const { return *impl_; }

private:
    explicit InstanceRequest(std::shared_ptr<const core::InstanceRequest> impl);
    std::shared_ptr<const core::InstanceRequest> impl_;
};

/// How something is made.
enum class InstanceStepCode : std::uint8_t {
    MAKE_FOLDER,  ///< a folder, with the attributes of source() where there is one
    COPY_FILE,    ///< a copy of source()
    WRITE_FILE,   ///< a file whose text is known; its attributes are those of source() where there is one
    MAKE_LINK,    ///< a symbolic link to target()
};

/// Something that making an instance makes.
class CONFGRAPH_API InstanceStep {
public:
    explicit InstanceStep(std::shared_ptr<const core::InstanceStep> impl);

    /// How it is made.
    [[nodiscard]] InstanceStepCode code() const;
    /// What is made.
    [[nodiscard]] const std::string & path() const;
    /// What it is a copy of, or is like; may be empty.
    [[nodiscard]] const std::string & source() const;
    /// Where a MAKE_LINK leads; else empty.
    [[nodiscard]] const std::string & target() const;
    /// The text of a WRITE_FILE.
    [[nodiscard]] const std::string & text() const;

private:
    std::shared_ptr<const core::InstanceStep> impl_;
};

/// Why an instance cannot be made, or what is to be known about it.
enum class InstanceIssueCode : std::uint8_t {
    // Refusals.
    BAD_NAME,          ///< the name is not one of letters, digits, '_', '-' and '.' that begins with a letter or digit
    EXISTS,            ///< path() exists
    NO_CONFIGURATION,  ///< there is no configuration to be copied at path()
    JOURNAL_UNFINISHED,  ///< the configuration to be copied is being changed, or was while that was interrupted
    NEEDS_USER,          ///< the process is root's, or the system does not run, and no user was given
    UNKNOWN_USER,        ///< there is no user text()
    UNKNOWN_GROUP,       ///< there is no group text()
    RUNS_AS_ROOT,        ///< the server would run as root, or with root's group: text()
    PORT_TAKEN,          ///< an instance listens on the port text() already: path() and line()
    PORTS_EQUAL,         ///< both ports are text()
    NOT_COPIED_TYPE,     ///< path() is neither file, folder nor link
    CANNOT_READ,         ///< path() could not be read: system_error()
    // Notes.
    PORT_NOT_REPLACED,  ///< the address text() at path() and line() names no port that could be replaced
    NO_INIT_SCRIPT,     ///< there is neither systemd nor Debian's example of an init script, path(); text() starts it
    NO_PROGRAM,         ///< there is no program text() to link to
    // A refusal again.
    BAD_ACCOUNT,  ///< path():line() is about the user or group text() and makes no sense
    // Notes again.
    OWNER_LEFT,       ///< path() should belong to text(), "USER:GROUP", and this process may not give it away; names
                      ///< of the run user and group, else numbers
    BOOT_LINKS_LEFT,  ///< the system does not run: nothing has the init script path(), text(), started at boot yet
};

/// Something to be known of an instance that is to be made, as data.
class CONFGRAPH_API InstanceIssue {
public:
    explicit InstanceIssue(std::shared_ptr<const core::InstanceIssue> impl);

    /// What it is; that says what the others mean.
    [[nodiscard]] InstanceIssueCode code() const;
    /// The file or folder concerned; may be empty.
    [[nodiscard]] const std::string & path() const;
    /// The line of path(), which counts from 1; 0 when it is about no line.
    [[nodiscard]] unsigned line() const;
    /// The name, port or address concerned; may be empty, and is not fit to be printed raw.
    [[nodiscard]] const std::string & text() const;
    /// errno of the failed call; 0 when no system call failed.
    [[nodiscard]] int system_error() const;

private:
    std::shared_ptr<const core::InstanceIssue> impl_;
};

/// What making an instance makes.
class CONFGRAPH_API InstancePlan {
public:
    explicit InstancePlan(std::shared_ptr<const core::InstancePlan> impl);

    /// Reads the first server's configuration and the others' ports, and plans an instance beside them. Changes
    /// nothing.
    static InstancePlan make(const InstanceRequest & request);

    /// The name of the instance.
    [[nodiscard]] const std::string & name() const;
    /// Its configuration: "/etc/apache2-NAME".
    [[nodiscard]] const std::string & config_folder() const;
    /// Why it is not to be carried out; empty when it is.
    [[nodiscard]] std::vector<InstanceIssue> refusals() const;
    /// What is to be known though it can be carried out.
    [[nodiscard]] std::vector<InstanceIssue> notes() const;
    /// What is made, in this order.
    [[nodiscard]] std::vector<InstanceStep> steps() const;
    /// The user that its server runs as; empty when none is known.
    [[nodiscard]] const std::string & user() const;
    /// The group likewise.
    [[nodiscard]] const std::string & group() const;
    /// The port without TLS; 0 when it was not chosen.
    [[nodiscard]] std::uint16_t port() const;
    /// The port for TLS; 0 when it was not chosen.
    [[nodiscard]] std::uint16_t ssl_port() const;
    /// Whether systemd starts services there.
    [[nodiscard]] bool systemd() const;
    /// As given to InstanceRequest::with_root().
    [[nodiscard]] const std::string & root() const;
    /// Whether what an interrupted command left of the instance is removed first.
    [[nodiscard]] bool cleans_up() const;

    [[nodiscard]] const core::InstancePlan & impl() const { return *impl_; }

private:
    std::shared_ptr<const core::InstancePlan> impl_;
};

/// An address that a server listens on.
class CONFGRAPH_API ListenAddress {
public:
    explicit ListenAddress(std::shared_ptr<const core::PortUse> impl);

    /// As written: "80", "127.0.0.1:8080".
    [[nodiscard]] const std::string & text() const;
    /// The port of it; nothing when it cannot be told.
    [[nodiscard]] std::optional<std::uint16_t> port() const;
    /// Whether it is for TLS.
    [[nodiscard]] bool secure() const;

private:
    std::shared_ptr<const core::PortUse> impl_;
};

/// Whether a server runs.
enum class Running : std::uint8_t {
    NO,
    YES,
    UNKNOWN,  ///< there is a process that could not be looked at, or the system is one that does not run
};

/// How far making an instance came.
enum class InstanceOrigin : std::uint8_t {
    OTHER,       ///< made by something else, or the default one
    MADE,        ///< made by this library, which can remove it
    UNFINISHED,  ///< making or removing it was interrupted: both clean up
};

/// A configuration of the server, and its server as it is now.
class CONFGRAPH_API Instance {
public:
    explicit Instance(std::shared_ptr<const core::Instance> impl);

    /// The default one first, then all others by name. Of the options, the root counts and nothing else: with one, they
    /// are those of the system that lies there, of which nothing is executed. The environment plays no part.
    static std::vector<Instance> list(const LayoutOptions & system = LayoutOptions());
    /// One of them; nothing if there is none of that name.
    static std::optional<Instance> find(std::string_view name, const LayoutOptions & system = LayoutOptions());

    /// Empty for the default one.
    [[nodiscard]] const std::string & name() const;
    /// Where its configuration lies.
    [[nodiscard]] Layout layout() const;
    /// What made it.
    [[nodiscard]] InstanceOrigin origin() const;
    /// What its server listens on, as far as its files say so.
    [[nodiscard]] std::vector<ListenAddress> listens() const;
    /// The user that its server runs as; empty when the files do not say.
    [[nodiscard]] const std::string & run_user() const;
    /// The group likewise.
    [[nodiscard]] const std::string & run_group() const;
    /// The file in which its server writes its number.
    [[nodiscard]] const std::string & pid_file() const;
    /// The folder of its logs.
    [[nodiscard]] const std::string & log_folder() const;
    /// Whether its server runs.
    [[nodiscard]] Running running() const;
    /// The number of the server's process, while one is running.
    [[nodiscard]] std::optional<int> process() const;
    /// The envvars file that could not be evaluated, or, with a root, that only a shell could tell the meaning of;
    /// empty otherwise. Its values are the usual ones then.
    [[nodiscard]] const std::string & bad_envvars() const;

private:
    std::shared_ptr<const core::Instance> impl_;
};

/// Carries a plan without refusals out, all of it or nothing: its configuration gets its name last. What a crash leaves
/// is removed by the next call for that name, and by remove_instance(). Returns the plan that was carried out: the
/// same, with notes on what belongs to somebody else than planned, or one with other ports where others took those
/// meanwhile. Fails with CANNOT_LOCK, LOCKED, CHANGED_MEANWHILE (something is there now that refuses it), CANNOT_READ,
/// CANNOT_CREATE_FILE, CANNOT_CLEAN_UP and CANNOT_FLUSH.
CONFGRAPH_API Result<InstancePlan> create_instance(const InstancePlan & plan, std::chrono::milliseconds wait,
                                                   const std::function<void(const std::string & holder)> & waiting);

/// Removes what create_instance() made, changed or not; its log folder only with purge. Returns what was left since it
/// is something else now. Fails as create_instance() does, and with NOT_AN_INSTANCE when no record says that it was
/// made so, and INSTANCE_RUNS when its server runs by now; of one in a root, that is not asked.
CONFGRAPH_API Result<std::vector<std::string>> remove_instance(
    const Instance & instance, bool purge, std::chrono::milliseconds wait,
    const std::function<void(const std::string & holder)> & waiting);

}  // namespace confgraph
