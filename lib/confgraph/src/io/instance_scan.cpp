// SPDX-License-Identifier: Apache-2.0
#include "io/instance_scan.hpp"

#include "core/catalog.hpp"
#include "core/envvars.hpp"
#include "core/instance_name.hpp"
#include "core/relative_path.hpp"
#include "io/accounts.hpp"
#include "io/environment.hpp"
#include "io/journal_file.hpp"
#include "io/read_whole.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <initializer_list>
#include <map>
#include <unistd.h>
#include <utility>

namespace confgraph::io {

namespace {

// No configuration file is as long; what is, is copied as it is.
constexpr std::size_t MAX_TEXT_BYTES = 1UL * 1024 * 1024;

const Lookup NO_ENVIRONMENT = [](const std::string &) { return std::optional<std::string>(); };

std::string inside(const std::string & folder, std::string_view name) {
    std::string path = folder;
    return path.append(1, '/').append(name);
}

/// A file's content; nothing where it cannot be read, is no text, or is too long to be one.
std::optional<std::string> read_text(const FileReader & files, const std::string & path) {
    auto text = read_whole(files, path, MAX_TEXT_BYTES, 64UL * 1024);
    return text && text.value().find('\0') == std::string::npos ? std::optional(std::move(text).value()) : std::nullopt;
}

std::optional<std::string> read_regular(const FileReader & files, const std::string & path) {
    const auto info = files.link_info(path);
    return info && info.value().type == FileType::REGULAR ? read_text(files, path) : std::nullopt;
}

bool is_folder(const FileReader & files, const std::string & path) {
    const auto info = files.info(path);
    return info && info.value().type == FileType::FOLDER;
}

std::vector<std::string> sorted_names(const FileReader & files, const std::string & folder) {
    auto listed = files.list(folder);
    std::vector<std::string> names = listed ? std::move(listed).value() : std::vector<std::string>();
    std::sort(names.begin(), names.end());
    return names;
}

/// A copy of the enabled folder, or a link, that a command makes for a moment.
bool is_temporary(std::string_view name) { return name.starts_with('.') && name.ends_with("confgraph"); }

/// Reads all below a folder of the configuration.
class TreeReader {
public:
    TreeReader(const FileReader & files, core::InstanceFacts & facts) : files_(files), facts_(facts) {}

    void read(const std::string & below) {
        const std::string folder = facts_.config + (below.empty() ? "" : "/" + below);
        auto listed = files_.list(folder);
        if (!listed) {
            return fail(folder, listed.error());
        }
        std::vector<std::string> names = std::move(listed).value();
        std::sort(names.begin(), names.end());
        for (const std::string & name : names) {
            if (!is_temporary(name)) {
                read_entry(below.empty() ? name : inside(below, name));
            }
        }
    }

private:
    using Type = core::SourceEntry::Type;

    void fail(const std::string & path, const Errno & error) {
        facts_.problems.push_back({.code = InstanceIssueCode::CANNOT_READ, .path = path, .system_error = error.value});
    }

    void read_entry(const std::string & path) {
        const std::string whole = facts_.config + "/" + path;
        const auto info = files_.link_info(whole);
        if (!info) {
            return fail(whole, info.error());
        }
        core::SourceEntry entry{.path = path};
        switch (info.value().type) {
            case FileType::FOLDER:
                entry.type = Type::FOLDER;
                facts_.entries.push_back(std::move(entry));
                return read(path);
            case FileType::LINK: {
                const auto target = files_.read_link(whole);
                if (!target) {
                    return fail(whole, target.error());
                }
                entry.type = Type::LINK;
                entry.target = target.value();
                break;
            }
            case FileType::REGULAR:
                entry.type = Type::FILE;
                entry.text = info.value().size <= MAX_TEXT_BYTES ? read_text(files_, whole) : std::nullopt;
                break;
            case FileType::OTHER:
                facts_.problems.push_back({.code = InstanceIssueCode::NOT_COPIED_TYPE, .path = whole});
                return;
        }
        facts_.entries.push_back(std::move(entry));
    }

    const FileReader & files_;
    core::InstanceFacts & facts_;
};

/// The directives about ports in the files that a server reads, as far as their places are the usual ones.
std::vector<std::pair<std::string, core::PortUse>> read_ports(const FileReader & files, const core::Layout & layout,
                                                              bool only_active) {
    std::vector<std::string> paths = {layout.config + "/apache2.conf", layout.config + "/ports.conf"};
    for (const Kind kind : {Kind::MODULE, Kind::CONF, Kind::SITE}) {
        const std::string & folder = layout.of(kind).enabled;
        for (const std::string & name : sorted_names(files, folder)) {
            if (name.ends_with(".conf")) {
                paths.push_back(inside(folder, name));
            }
        }
    }
    const auto holds = [&](std::string_view condition) {
        const std::string module(core::module_of_condition(condition));
        const bool enabled = module.find('/') == std::string::npos &&
                             files.info(layout.of(Kind::MODULE).enabled + "/" + module + ".load").ok();
        return enabled != condition.starts_with('!');
    };
    std::vector<std::pair<std::string, core::PortUse>> ports;
    for (const std::string & path : paths) {
        for (core::PortUse & use : core::find_ports(read_text(files, path).value_or(""))) {
            if (use.listens && (!only_active || std::all_of(use.conditions.begin(), use.conditions.end(), holds))) {
                ports.emplace_back(path, std::move(use));
            }
        }
    }
    return ports;
}

/// The variables that the server of an instance is started with.
class Environment {
public:
    Environment(const System & system, const std::string & name) {
        options_.root = system.root();
        options_.instance = name;
        config_ = layout_from(options_, NO_ENVIRONMENT, {}).config;
        const std::string file = config_ + "/envvars";
        const auto info = system.files().info(file);
        if (!info || info.value().type != FileType::REGULAR) {
            return;
        }
        if (system.offline()) {
            read_as_text(system.files(), file);
            return;
        }
        auto evaluated = evaluate_for(file, config_);
        if (evaluated) {
            values_ = std::move(evaluated).value();
        } else {
            bad_ = file;
        }
    }

    core::Layout layout() const { return layout_from(options_, NO_ENVIRONMENT, values_); }
    const std::string & bad() const { return bad_; }
    std::string get(const std::string & variable, const std::string & otherwise) const {
        const auto found = values_.find(variable);
        return found == values_.end() || found->second.empty() ? otherwise : found->second;
    }

private:
    /// Nothing of a system that does not run is executed. What cannot be told without a shell is as usual.
    void read_as_text(const FileReader & files, const std::string & file) {
        const auto text = read_text(files, file);
        auto plain = core::read_plain_envvars(text.value_or(""));
        if (!text || plain.doubtful_line != 0) {
            bad_ = file;
            return;
        }
        values_ = std::move(plain.variables);
        values_.merge(plain.server);
    }

    core::LayoutOptions options_;
    std::string config_;
    std::map<std::string, std::string> values_;
    std::string bad_;
};

/// Looks for the process that a pid file names.
class ProcessCheck {
public:
    ProcessCheck(const FileReader & files, const core::Layout & layout) : files_(files), layout_(layout) {}

    Running check(const std::string & pid_file, std::optional<int> & process) const {
        std::string text;
        const auto read = files_.read(pid_file, 64, [&](std::string_view piece) {
            text.append(piece);
            return false;
        });
        if (!read) {
            return read.error().value == ENOENT || read.error().value == ENOTDIR ? Running::NO : Running::UNKNOWN;
        }
        int number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc() || number <= 0) {
            return Running::NO;
        }
        const Running running = look_at("/proc/" + std::to_string(number));
        process = running == Running::NO ? std::nullopt : std::optional(number);
        return running;
    }

private:
    /// A number may be another process's by now: what counts is the binary, and the configuration it was started with.
    Running look_at(const std::string & folder) const {
        if (!files_.info(folder)) {
            return Running::NO;
        }
        const auto binary = files_.read_link(folder + "/exe");
        if (binary) {
            std::string_view path = binary.value();
            constexpr std::string_view REPLACED = " (deleted)";
            if (path.ends_with(REPLACED)) {
                path.remove_suffix(REPLACED.size());
            }
            const auto server = files_.canonical_path(layout_.server);
            if (path != (server ? server.value() : layout_.server)) {
                return Running::NO;
            }
        } else if (binary.error().value == ENOENT || binary.error().value == ESRCH) {
            return Running::NO;
        } else if (std::string name = read_text(files_, folder + "/comm").value_or("");
                   name != std::string(core::last_part(layout_.server)) + "\n") {
            return name.empty() ? Running::UNKNOWN : Running::NO;
        }
        const auto command = read_command(folder);
        return command.empty() ? Running::UNKNOWN : is_of_instance(command) ? Running::YES : Running::NO;
    }

    std::vector<std::string> read_command(const std::string & folder) const {
        std::string text;
        const auto read = files_.read(folder + "/cmdline", 4096, [&](std::string_view piece) {
            text.append(piece);
            return text.size() < MAX_TEXT_BYTES;
        });
        std::vector<std::string> words;
        for (std::string_view rest = read ? std::string_view(text) : std::string_view(); !rest.empty();) {
            const auto end = std::min(rest.find('\0'), rest.size());
            words.emplace_back(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        return words;
    }

    bool is_of_instance(const std::vector<std::string> & command) const {
        std::string folder = CONFGRAPH_CONFIG_FOLDER;
        for (std::size_t i = 1; i < command.size(); ++i) {
            if (command[i] == "-d" && i + 1 < command.size()) {
                folder = command[++i];
            } else if (command[i].starts_with("-d") && command[i].size() > 2) {
                folder = command[i].substr(2);
            }
        }
        return core::clean_path(folder) == core::clean_path(layout_.config);
    }

    const FileReader & files_;
    const core::Layout & layout_;
};

/// A program as it would be found by its name. The PATH of this process says nothing about another system.
std::string find_program(const System & system, const std::string & name) {
    const std::string own = system.offline() ? std::string() : environment_variable("PATH").value_or("") + ":";
    const std::string folders = own + "/usr/local/sbin:/usr/sbin:/usr/bin";
    for (std::string_view rest = folders; !rest.empty();) {
        const std::string_view folder = rest.substr(0, rest.find(':'));
        rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
        const bool printable = std::none_of(folder.begin(), folder.end(),
                                            [](char byte) { return static_cast<unsigned char>(byte) < ' '; });
        std::string path = inside(std::string(folder), name);
        const auto info =
            folder.starts_with('/') && printable ? system.files().info(path) : IoResult<FileInfo>(Errno{ENOENT});
        if (info && info.value().type == FileType::REGULAR) {
            return path;
        }
    }
    return {};
}

/// Whether systemd starts services: it runs, or, where nothing does, it is there with the unit that instances have.
bool has_systemd(const System & system) {
    const FileReader & files = system.files();
    if (!system.offline()) {
        const auto init = files.read_link("/proc/1/exe");
        return init && init.value().find("systemd") != std::string::npos;
    }
    const auto any = [&](std::initializer_list<const char *> folders, const char * below) {
        return std::any_of(folders.begin(), folders.end(), [&](const char * folder) {
            const auto info = files.info(std::string(folder) + below);
            return info && info.value().type == FileType::REGULAR;
        });
    };
    return any({"/usr/lib", "/lib"}, "/systemd/systemd") &&
           any({"/etc", "/usr/lib", "/lib"}, "/systemd/system/apache2@.service");
}

std::vector<std::string> read_markers(const FileReader & files, const core::Layout & layout) {
    std::vector<std::string> markers;
    for (const Kind kind : {Kind::MODULE, Kind::CONF, Kind::SITE}) {
        for (const std::string_view marker : core::MARKER_FOLDERS) {
            const std::string below = std::string(word(kind)) + "/" + std::string(marker);
            const std::string folder = inside(layout.state, below);
            for (const std::string & name : sorted_names(files, folder)) {
                const auto info = files.link_info(inside(folder, name));
                if (info && info.value().type == FileType::REGULAR) {
                    markers.push_back(inside(below, name));
                }
            }
        }
    }
    return markers;
}

void read_account(const System & system, const core::InstanceRequest & request, core::InstanceFacts & facts) {
    const std::string user = request.user.empty() ? facts.usual_user : request.user;
    Accounts accounts(system);
    facts.user = accounts.user(user);
    std::string group = request.group;
    if (group.empty()) {
        group = request.user.empty() ? facts.usual_group : facts.user ? facts.user->group : std::string();
    }
    facts.group = accounts.group(group);
    facts.account_problems = accounts.problems();
}

}  // namespace

core::Layout default_layout(const std::string & root) { return layout_from({.root = root}, NO_ENVIRONMENT, {}); }

std::optional<core::InstanceRecord> read_record(const System & system, const std::string & name) {
    const core::Layout layout = default_layout(system.root());
    const FileReader & files = system.files();
    const auto text = read_regular(files, core::instance_record_path(core::instance_path(layout.state, name)));
    auto record = text ? core::parse_record(*text) : std::nullopt;
    if (!record || record->name != name) {
        return std::nullopt;
    }
    using State = core::InstanceRecord::State;
    if (record->state == State::MAKING && is_folder(files, core::instance_path(layout.config, name))) {
        record->state = State::MADE;
    }
    return record;
}

core::InstanceFacts read_instance_facts(const System & system, const core::InstanceRequest & request) {
    const FileReader & files = system.files();
    const core::Layout layout = default_layout(system.root());
    core::InstanceFacts facts{.config = layout.config, .state = layout.state};
    facts.root = ::geteuid() == 0;
    facts.offline = system.offline();
    facts.readable = is_folder(files, layout.config);
    if (!facts.readable || !core::is_new_instance_name(request.name)) {
        return facts;
    }
    TreeReader(files, facts).read("");
    facts.markers = read_markers(files, layout);
    facts.journal = files.link_info(journal_path(files, layout)).ok();
    facts.systemd = has_systemd(system);
    const Environment usual(system, "");
    facts.usual_user = usual.get("APACHE_RUN_USER", "");
    facts.usual_group = usual.get("APACHE_RUN_GROUP", "");
    read_account(system, request, facts);
    for (const std::string & name : instance_names(system)) {
        for (const auto & [file, use] : read_ports(files, Environment(system, name).layout(), false)) {
            if (use.port) {
                facts.taken.push_back({*use.port, file, use.line});
            }
        }
    }
    for (const std::string_view program :
         {"a2enmod", "a2dismod", "a2enconf", "a2disconf", "a2ensite", "a2dissite", "a2mpm", "a2query", "apache2ctl"}) {
        facts.programs.emplace_back(program, find_program(system, std::string(program)));
    }
    for (std::string folder = core::clean_path(core::LINK_FOLDER); folder != "/" && !is_folder(files, folder);
         folder = core::parent_folder(folder)) {
        facts.missing_link_folders.insert(facts.missing_link_folders.begin(), folder);
    }
    facts.logrotate = read_regular(files, std::string(core::LOGROTATE));
    facts.htcacheclean = read_regular(files, std::string(core::HTCACHECLEAN_DEFAULTS));
    facts.init_script = read_regular(files, std::string(core::INIT_EXAMPLE));
    facts.log_folder = is_folder(files, std::string(core::LOG_FOLDER));
    facts.cache_folder = is_folder(files, std::string(core::CACHE_FOLDER));
    facts.disk_cache = is_folder(files, std::string(core::CACHE_FOLDER) + std::string(core::DISK_CACHE));
    for (const std::string & path : core::instance_paths(facts, request.name)) {
        const bool left_over = path == core::instance_path(facts.state, request.name) && is_empty_state(files, path);
        if (files.link_info(path) && !left_over) {
            facts.existing.insert(path);
        }
    }
    const auto record = read_record(system, request.name);
    facts.unfinished = record && record->state != core::InstanceRecord::State::MADE;
    return facts;
}

bool is_empty_state(const FileReader & files, const std::string & state) {
    const auto info = files.link_info(state);
    const auto names = files.list(state);
    return info && info.value().type == FileType::FOLDER && names &&
           std::all_of(names.value().begin(), names.value().end(), [&](const std::string & name) {
               return state + "/" + name == core::new_instance_record_path(state);
           });
}

bool instance_exists(const System & system, const std::string & name) {
    const core::Layout layout = default_layout(system.root());
    return (core::is_instance_name(name) || name.empty()) &&
           (system.files().info(core::instance_path(layout.config, name) + "/apache2.conf").ok() ||
            read_record(system, name));
}

std::vector<std::string> instance_names(const System & system) {
    const core::Layout layout = default_layout(system.root());
    std::vector<std::string> names;
    for (const std::string & base : {layout.config, layout.state}) {
        const std::string start = std::string(core::last_part(base)) + "-";
        for (const std::string & entry : sorted_names(system.files(), core::parent_folder(base))) {
            if (entry.starts_with(start) && instance_exists(system, entry.substr(start.size()))) {
                names.push_back(entry.substr(start.size()));
            }
        }
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    names.insert(names.begin(), std::string());
    return names;
}

core::Instance read_instance(const System & system, const std::string & name) {
    const FileReader & files = system.files();
    const Environment environment(system, name);
    core::Instance instance;
    instance.layout = environment.layout();
    instance.bad_envvars = environment.bad();
    instance.run_user = environment.get("APACHE_RUN_USER", "");
    instance.run_group = environment.get("APACHE_RUN_GROUP", "");
    instance.log_folder = environment.get("APACHE_LOG_DIR", core::instance_path(core::LOG_FOLDER, name));
    instance.pid_file =
        environment.get("APACHE_PID_FILE", core::instance_path(core::RUN_FOLDER, name) + "/apache2.pid");
    for (auto & [file, use] : read_ports(files, instance.layout, true)) {
        instance.listens.push_back(std::move(use));
    }
    if (const auto record = name.empty() ? std::nullopt : read_record(system, name)) {
        instance.origin =
            record->state == core::InstanceRecord::State::MADE ? InstanceOrigin::MADE : InstanceOrigin::UNFINISHED;
    }
    // The processes here are none of another system's.
    instance.running = system.offline()
                           ? Running::UNKNOWN
                           : ProcessCheck(files, instance.layout).check(instance.pid_file, instance.process);
    return instance;
}

}  // namespace confgraph::io
