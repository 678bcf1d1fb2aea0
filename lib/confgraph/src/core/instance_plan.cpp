// SPDX-License-Identifier: Apache-2.0
#include "core/instance.hpp"
#include "core/instance_name.hpp"
#include "core/relative_path.hpp"

#include <algorithm>
#include <utility>

namespace confgraph::core {

namespace {

// The first instance beside the default one listens on these numbers and one.
constexpr std::uint16_t PORT_BASE = 8080;
constexpr std::uint16_t SSL_PORT_BASE = 8443;
constexpr std::uint16_t HTTP = 80;
constexpr std::uint16_t HTTPS = 443;

// systemd, logrotate and others put a name into names of their own.
constexpr std::size_t MAX_NAME_BYTES = 64;

bool is_word(char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

bool is_blank(char byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

/// A text with another word in the place of each word that stands alone between blanks.
std::string replace_words(std::string_view text, std::string_view from, std::string_view to) {
    std::string replaced;
    for (std::size_t place = 0; place < text.size();) {
        const std::size_t end = place + from.size();
        const bool alone = text.substr(place).starts_with(from) && (place == 0 || is_blank(text[place - 1])) &&
                           (end == text.size() || is_blank(text[end]));
        replaced.append(alone ? to : text.substr(place, 1));
        place += alone ? from.size() : 1;
    }
    return replaced;
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
    for (auto place = text.find(from); place != std::string::npos; place = text.find(from, place + to.size())) {
        text.replace(place, from.size(), to);
    }
    return text;
}

class Planner {
public:
    Planner(const InstanceFacts & facts, const InstanceRequest & request) : facts_(facts), request_(request) {
        const std::string & name = request.name;
        plan_.request = request;
        plan_.config = instance_path(facts.config, name);
        plan_.state = instance_path(facts.state, name);
        plan_.systemd = facts.systemd;
        plan_.cleans_up = facts.unfinished;
        for (const std::string_view folder :
             {std::string_view(facts.config), LOG_FOLDER, CACHE_FOLDER, RUN_FOLDER, LOCK_FOLDER,
              std::string_view("/run/apache2"), std::string_view("/run/lock/apache2")}) {
            paths_.emplace_back(folder, instance_path(folder, name));
        }
    }

    InstancePlan run() {
        if (!is_new_instance_name(request_.name)) {
            refuse({.code = InstanceIssueCode::BAD_NAME, .text = request_.name});
            return std::move(plan_);
        }
        if (!facts_.readable) {
            refuse({.code = InstanceIssueCode::NO_CONFIGURATION, .path = facts_.config});
            return std::move(plan_);
        }
        for (const InstanceIssue & problem : facts_.problems) {
            refuse(problem);
        }
        if (facts_.journal) {
            refuse({.code = InstanceIssueCode::JOURNAL_UNFINISHED, .path = facts_.config});
        }
        if (!facts_.unfinished) {
            for (const std::string & path : facts_.existing) {
                refuse({.code = InstanceIssueCode::EXISTS, .path = path});
            }
        }
        choose_user();
        choose_ports();
        if (!plan_.refusals.empty()) {
            return std::move(plan_);
        }
        plan_folders();
        plan_files();
        plan_links();
        plan_markers();
        plan_configuration();
        return std::move(plan_);
    }

private:
    void refuse(InstanceIssue issue) { plan_.refusals.push_back(std::move(issue)); }
    void note(InstanceIssue issue) { plan_.notes.push_back(std::move(issue)); }

    void choose_user() {
        // Whoever builds a system, its server is started by root.
        if (request_.user.empty() && (facts_.root || facts_.offline)) {
            return refuse({.code = InstanceIssueCode::NEEDS_USER});
        }
        for (const InstanceIssue & problem : facts_.account_problems) {
            refuse(problem);
        }
        if (!facts_.account_problems.empty()) {
            return;
        }
        if (!facts_.user) {
            return refuse({.code = InstanceIssueCode::UNKNOWN_USER,
                           .text = request_.user.empty() ? facts_.usual_user : request_.user});
        }
        if (!facts_.group) {
            return refuse({.code = InstanceIssueCode::UNKNOWN_GROUP, .text = request_.group});
        }
        plan_.user = facts_.user->name;
        plan_.group = facts_.group->name;
        if (facts_.user->id == 0 || facts_.group->id == 0) {
            refuse({.code = InstanceIssueCode::RUNS_AS_ROOT,
                    .text = facts_.user->id == 0 ? facts_.user->name : facts_.group->name});
        }
    }

    const TakenPort * taken(std::uint16_t port) const {
        const auto found = std::find_if(facts_.taken.begin(), facts_.taken.end(),
                                        [&](const TakenPort & other) { return other.port == port; });
        return found == facts_.taken.end() ? nullptr : &*found;
    }

    bool given_out(std::uint16_t port) const {
        return port == plan_.port || port == plan_.ssl_port ||
               std::any_of(ports_.begin(), ports_.end(), [&](const auto & pair) { return pair.second == port; });
    }

    void choose_ports() {
        for (const auto & wanted : {request_.port, request_.ssl_port}) {
            if (const TakenPort * other = wanted ? taken(*wanted) : nullptr) {
                refuse({.code = InstanceIssueCode::PORT_TAKEN,
                        .path = other->file,
                        .line = other->line,
                        .text = std::to_string(*wanted)});
            }
        }
        if (request_.port && request_.port == request_.ssl_port) {
            refuse({.code = InstanceIssueCode::PORTS_EQUAL, .text = std::to_string(*request_.port)});
        }
        for (std::uint16_t number = 1; number < 1000; ++number) {
            plan_.port = request_.port.value_or(static_cast<std::uint16_t>(PORT_BASE + number));
            plan_.ssl_port = request_.ssl_port.value_or(static_cast<std::uint16_t>(SSL_PORT_BASE + number));
            const bool free = (request_.port || taken(plan_.port) == nullptr) &&
                              (request_.ssl_port || taken(plan_.ssl_port) == nullptr);
            if (free && plan_.port != plan_.ssl_port) {
                break;
            }
        }
        map_ports();
    }

    /// The port of the first server's plain address becomes the one, that of its first TLS address the other; further
    /// ones become what is free.
    void map_ports() {
        bool plain_given = false;
        bool secure_given = false;
        std::vector<std::uint16_t> others;
        for (const SourceEntry & entry : facts_.entries) {
            for (const PortUse & use : find_ports(entry.text.value_or(""))) {
                if (!use.listens || !use.port || ports_.contains(*use.port)) {
                    continue;
                }
                bool & given = use.secure ? secure_given : plain_given;
                if (!std::exchange(given, true)) {
                    ports_[*use.port] = use.secure ? plan_.ssl_port : plan_.port;
                } else {
                    others.push_back(*use.port);
                }
            }
        }
        std::uint16_t next = PORT_BASE;
        for (const std::uint16_t other : others) {
            if (!ports_.contains(other)) {
                do {
                    ++next;
                } while (given_out(next) || taken(next) != nullptr);
                ports_[other] = next;
            }
        }
        // Sites may name the usual ports where nothing listens on them.
        ports_.emplace(HTTP, plan_.port);
        ports_.emplace(HTTPS, plan_.ssl_port);
    }

    std::string own(std::string_view path) const { return instance_path(path, request_.name); }

    void folder(std::string path, std::string source, unsigned mode, bool of_user) {
        plan_.steps.push_back({.code = InstanceStepCode::MAKE_FOLDER,
                               .path = std::move(path),
                               .source = std::move(source),
                               .mode = mode,
                               .owner = of_user ? plan_.user : std::string(),
                               .group = of_user ? plan_.group : std::string(),
                               .may_exist = true});
    }

    void plan_folders() {
        constexpr unsigned ALL_READ = 0755;
        constexpr unsigned GROUP_READS = 0750;
        folder(own(LOG_FOLDER), facts_.log_folder ? std::string(LOG_FOLDER) : std::string(), GROUP_READS, false);
        // What is below /run is gone when a system starts: whatever starts the server makes these.
        if (!facts_.offline) {
            folder(own(RUN_FOLDER), {}, ALL_READ, false);
            folder(own(RUN_FOLDER) + "/socks", {}, ALL_READ, true);
            folder(own(LOCK_FOLDER), {}, ALL_READ, true);
        }
        if (facts_.cache_folder) {
            folder(own(CACHE_FOLDER), std::string(CACHE_FOLDER), ALL_READ, false);
        }
        if (facts_.cache_folder && facts_.disk_cache) {
            const std::string inside(DISK_CACHE);
            folder(own(CACHE_FOLDER) + inside, std::string(CACHE_FOLDER) + inside, ALL_READ, true);
        }
    }

    std::string service() const { return (facts_.systemd ? "apache2@" : "apache2-") + request_.name; }

    void plan_files() {
        if (facts_.logrotate) {
            write(own(LOGROTATE), std::string(LOGROTATE),
                  replace_words(replace_paths(*facts_.logrotate, paths_), "apache2", service()));
        }
        if (facts_.htcacheclean) {
            write(own(HTCACHECLEAN_DEFAULTS), std::string(HTCACHECLEAN_DEFAULTS),
                  replace_paths(*facts_.htcacheclean, paths_));
        }
        if (facts_.systemd) {
            return;
        }
        if (!facts_.init_script) {
            return note({.code = InstanceIssueCode::NO_INIT_SCRIPT,
                         .path = std::string(INIT_EXAMPLE),
                         .text = own("apache2ctl")});
        }
        write(own("/etc/init.d/apache2"), {}, replace_all(*facts_.init_script, "XXX", request_.name));
        plan_.steps.back().mode = 0755;
        if (facts_.offline) {
            note({.code = InstanceIssueCode::BOOT_LINKS_LEFT, .path = own("/etc/init.d/apache2"), .text = service()});
        }
    }

    void write(std::string path, std::string source, std::string text) {
        plan_.steps.push_back({.code = InstanceStepCode::WRITE_FILE,
                               .path = std::move(path),
                               .source = std::move(source),
                               .text = std::move(text),
                               .mode = 0644});
    }

    void plan_links() {
        constexpr unsigned ALL_READ = 0755;
        for (const std::string & path : facts_.missing_link_folders) {
            folder(path, {}, ALL_READ, false);
            plan_.steps.back().shared = true;
        }
        for (const auto & [name, path] : facts_.programs) {
            if (path.empty()) {
                note({.code = InstanceIssueCode::NO_PROGRAM, .text = name});
                continue;
            }
            plan_.steps.push_back({.code = InstanceStepCode::MAKE_LINK,
                                   .path = instance_path(std::string(LINK_FOLDER) + name, request_.name),
                                   .target = path});
        }
    }

    /// What is enabled in the copy was enabled by who enabled it in the first.
    void plan_markers() {
        std::set<std::string> folders;
        for (const std::string & marker : facts_.markers) {
            for (auto slash = marker.find('/'); slash != std::string::npos; slash = marker.find('/', slash + 1)) {
                const std::string below = "/" + marker.substr(0, slash);
                if (folders.insert(below).second) {
                    plan_.steps.push_back({.code = InstanceStepCode::MAKE_FOLDER,
                                           .path = plan_.state + below,
                                           .source = facts_.state + below});
                }
            }
            plan_.steps.push_back({.code = InstanceStepCode::COPY_FILE,
                                   .path = plan_.state + "/" + marker,
                                   .source = facts_.state + "/" + marker});
        }
    }

    std::string corrected(const SourceEntry & entry) {
        std::string text = replace_paths(*entry.text, paths_);
        if (entry.path == "envvars") {
            return with_environment(text);
        }
        for (const PortUse & use : find_ports(text)) {
            if (use.listens && !use.port) {
                note({.code = InstanceIssueCode::PORT_NOT_REPLACED,
                      .path = plan_.config + "/" + entry.path,
                      .line = use.line,
                      .text = use.address});
            }
        }
        return replace_ports(text, ports_);
    }

    std::string with_environment(std::string_view text) const {
        std::string changed = with_export(text, "APACHE_RUN_USER", plan_.user);
        changed = with_export(changed, "APACHE_RUN_GROUP", plan_.group);
        // So that programs of others keep its markers apart, too.
        return with_export(changed, "APACHE_STATE_DIRECTORY", plan_.state);
    }

    std::string new_target(const SourceEntry & entry) const {
        if (entry.target.starts_with('/')) {
            return replace_paths(entry.target, {paths_.front()});
        }
        return entry.target;
    }

    void plan_configuration() {
        plan_.steps.push_back({.code = InstanceStepCode::MAKE_FOLDER, .path = plan_.config, .source = facts_.config});
        bool has_envvars = false;
        for (const SourceEntry & entry : facts_.entries) {
            const std::string path = plan_.config + "/" + entry.path;
            const std::string source = facts_.config + "/" + entry.path;
            has_envvars = has_envvars || entry.path == "envvars";
            if (entry.type == SourceEntry::Type::FOLDER) {
                plan_.steps.push_back({.code = InstanceStepCode::MAKE_FOLDER, .path = path, .source = source});
            } else if (entry.type == SourceEntry::Type::LINK) {
                plan_.steps.push_back(
                    {.code = InstanceStepCode::MAKE_LINK, .path = path, .source = source, .target = new_target(entry)});
            } else if (std::string text = entry.text ? corrected(entry) : std::string();
                       entry.text && text != *entry.text) {
                write(path, source, std::move(text));
            } else {
                plan_.steps.push_back({.code = InstanceStepCode::COPY_FILE, .path = path, .source = source});
            }
        }
        if (!has_envvars) {
            std::string text = with_environment("");
            text = with_export(text, "APACHE_PID_FILE", own(RUN_FOLDER) + "/apache2.pid");
            text = with_export(text, "APACHE_RUN_DIR", own(RUN_FOLDER));
            text = with_export(text, "APACHE_LOCK_DIR", own(LOCK_FOLDER));
            write(plan_.config + "/envvars", {}, with_export(text, "APACHE_LOG_DIR", own(LOG_FOLDER)));
        }
    }

    const InstanceFacts & facts_;
    const InstanceRequest & request_;
    InstancePlan plan_;
    PathMap paths_;
    PortMap ports_;
};

}  // namespace

bool is_new_instance_name(std::string_view name) {
    return is_instance_name(name) && name.size() <= MAX_NAME_BYTES && is_word(name.front()) && is_word(name.back()) &&
           std::all_of(name.begin(), name.end(),
                       [](char byte) { return is_word(byte) || byte == '_' || byte == '-' || byte == '.'; });
}

std::vector<std::string> instance_paths(const InstanceFacts & facts, std::string_view name) {
    std::vector<std::string> paths = {
        instance_path(facts.config, name), hidden_folder(instance_path(facts.config, name)),
        instance_path(facts.state, name), instance_path(LOGROTATE, name), instance_path(HTCACHECLEAN_DEFAULTS, name)};
    if (!facts.systemd) {
        paths.push_back(instance_path("/etc/init.d/apache2", name));
    }
    for (const auto & program : facts.programs) {
        paths.push_back(instance_path(std::string(LINK_FOLDER) + program.first, name));
    }
    return paths;
}

InstancePlan plan_instance(const InstanceFacts & facts, const InstanceRequest & request) {
    return Planner(facts, request).run();
}

std::string hidden_folder(std::string_view config) {
    return parent_folder(std::string(config)) + "/." + std::string(last_part(config)) + ".confgraph";
}

}  // namespace confgraph::core
