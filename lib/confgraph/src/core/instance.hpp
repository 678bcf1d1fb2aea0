// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/layout.hpp"
#include "core/server_ports.hpp"

#include <confgraph/instance.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph::core {

struct InstanceRequest {
    std::string name;
    std::string user{};
    std::string group{};
    std::optional<std::uint16_t> port{};
    std::optional<std::uint16_t> ssl_port{};
    std::string root{};  ///< of the system that it is for; empty for this one
};

struct InstanceStep {
    InstanceStepCode code{};
    std::string path;
    std::string source{};
    std::string target{};
    std::string text{};
    unsigned mode = 0;    ///< where there is no source
    std::string owner{};  ///< the name of a user other than the source's, or root
    std::string group{};
    bool may_exist = false;  ///< a folder that may be there already
    bool shared = false;     ///< a folder that is not the instance's: it goes with it only when nothing else is in it

    friend bool operator==(const InstanceStep &, const InstanceStep &) = default;
};

struct InstanceIssue {
    InstanceIssueCode code{};
    std::string path{};
    unsigned line = 0;
    std::string text{};
    int system_error = 0;

    friend bool operator==(const InstanceIssue &, const InstanceIssue &) = default;
};

/// What a2instance writes down about an instance.
struct InstanceRecord {
    enum class State : std::uint8_t { MAKING, MADE, REMOVING };
    State state = State::MAKING;
    std::string name{};
    /// In the order in which they were made: links (with target), files, and folders, which are removed with all in
    /// them.
    std::vector<InstanceStep> things{};
};

std::string write_record(const InstanceRecord & record);
/// Nothing for a text that is no record.
std::optional<InstanceRecord> parse_record(std::string_view text);

struct InstancePlan {
    InstanceRequest request{};
    std::string config{};  ///< the folder of the configuration: the steps below it take place beside it
    std::string state{};   ///< the state folder, which holds the record
    std::vector<InstanceIssue> refusals{};
    std::vector<InstanceIssue> notes{};
    std::vector<InstanceStep> steps{};
    std::string user{};
    std::string group{};
    std::uint16_t port = 0;
    std::uint16_t ssl_port = 0;
    bool systemd = false;
    bool cleans_up = false;
};

/// A file, folder or link below the configuration that is copied.
struct SourceEntry {
    enum class Type : std::uint8_t { FILE, FOLDER, LINK };
    Type type{};
    std::string path;                   ///< below the folder: "mods-enabled/alias.load"
    std::string target{};               ///< of a link
    std::optional<std::string> text{};  ///< of a file that is text and not too long
};

struct KnownUser {
    std::string name;
    unsigned id = 0;
    std::string group;  ///< the user's own one
};

struct KnownGroup {
    std::string name;
    unsigned id = 0;
};

/// A port that some instance listens on.
struct TakenPort {
    std::uint16_t port = 0;
    std::string file;
    unsigned line = 0;
};

/// All that planning an instance needs to know.
struct InstanceFacts {
    std::string config;  ///< the default configuration
    std::string state;   ///< its state folder
    std::vector<SourceEntry> entries{};
    /// Its markers: paths below the state folder.
    std::vector<std::string> markers{};
    bool readable = true;
    bool journal = false;  ///< a change of it is unfinished
    std::vector<InstanceIssue> problems{};
    bool root = false;     ///< who asks for it is root
    bool offline = false;  ///< the system lies in a folder and does not run
    bool systemd = false;
    std::string usual_user{};  ///< of the default server
    std::string usual_group{};
    std::optional<KnownUser> user{};    ///< the one asked for, or the usual one
    std::optional<KnownGroup> group{};  ///< the one asked for, or the user's own one
    /// Why these cannot be told, though something is there.
    std::vector<InstanceIssue> account_problems{};
    std::vector<TakenPort> taken{};
    /// Programs that links are made to, with their paths; no path where one was not found.
    std::vector<std::pair<std::string, std::string>> programs{};
    /// The folder of those links and the ones above it that are not there; the uppermost comes first.
    std::vector<std::string> missing_link_folders{};
    std::optional<std::string> logrotate{};
    std::optional<std::string> htcacheclean{};
    std::optional<std::string> init_script{};
    bool log_folder = false;
    bool cache_folder = false;
    bool disk_cache = false;
    /// Of the paths that instance_paths() gives, those that exist.
    std::set<std::string> existing{};
    bool unfinished = false;  ///< there is a record of an interrupted command, and what exists is removed first
};

constexpr std::string_view LOGROTATE = "/etc/logrotate.d/apache2";
constexpr std::string_view HTCACHECLEAN_DEFAULTS = "/etc/default/apache-htcacheclean";
constexpr std::string_view INIT_EXAMPLE = "/usr/share/doc/apache2/examples/secondary-init-script";
constexpr std::string_view LOG_FOLDER = "/var/log/apache2";
constexpr std::string_view CACHE_FOLDER = "/var/cache/apache2";
constexpr std::string_view DISK_CACHE = "/mod_cache_disk";
constexpr std::string_view RUN_FOLDER = "/var/run/apache2";
constexpr std::string_view LOCK_FOLDER = "/var/lock/apache2";
constexpr std::string_view LINK_FOLDER = "/usr/local/sbin/";

/// Whether a new instance can have a name: stricter than is_instance_name(), since it goes into shell scripts and the
/// names of services.
bool is_new_instance_name(std::string_view name);

/// What must not exist before an instance is made.
std::vector<std::string> instance_paths(const InstanceFacts & facts, std::string_view name);

/// Plans an instance. Pure.
InstancePlan plan_instance(const InstanceFacts & facts, const InstanceRequest & request);

/// The folder beside a configuration in which it is made, and into which it goes to be removed.
std::string hidden_folder(std::string_view config);

struct Instance {
    Layout layout{};
    InstanceOrigin origin = InstanceOrigin::OTHER;
    std::vector<PortUse> listens{};
    std::string run_user{};
    std::string run_group{};
    std::string pid_file{};
    std::string log_folder{};
    Running running = Running::NO;
    std::optional<int> process{};
    std::string bad_envvars{};
};

}  // namespace confgraph::core
