// SPDX-License-Identifier: Apache-2.0
#include "tree.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <sched.h>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace crash {

namespace {

namespace fs = std::filesystem;

const std::string DEBIAN = "/etc/apache2";
const std::array<const char *, 3> KINDS = {"mods", "conf", "sites"};
const std::array<const char *, 19> DEFAULT_MODULES = {
    "access_compat", "alias",       "auth_basic", "authn_core", "authn_file", "authz_core", "authz_host",
    "authz_user",    "autoindex",   "deflate",    "dir",        "env",        "filter",     "mime",
    "mpm_event",     "negotiation", "reqtimeout", "setenvif",   "status"};
const std::array<const char *, 5> DEFAULT_CONFS = {"charset", "localized-error-pages", "other-vhosts-access-log",
                                                   "security", "serve-cgi-bin"};

bool in_user_namespace = false;

void check(bool ok, const std::string & what) {
    if (!ok) {
        throw std::runtime_error(what + ": " + std::strerror(errno));
    }
}

std::string read_file(int folder, const char * name) {
    const int descriptor = ::openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    check(descriptor >= 0, name);
    std::string content;
    std::array<char, 65536> buffer{};
    ssize_t count = 0;
    while ((count = ::read(descriptor, buffer.data(), buffer.size())) > 0) {
        content.append(buffer.data(), static_cast<std::size_t>(count));
    }
    ::close(descriptor);
    return content;
}

std::string read_link(int folder, const char * name) {
    std::array<char, 4096> buffer{};
    const ssize_t size = ::readlinkat(folder, name, buffer.data(), buffer.size());
    check(size >= 0, name);
    return {buffer.data(), static_cast<std::size_t>(size)};
}

std::int64_t nanoseconds(const timespec & time) { return time.tv_sec * 1'000'000'000LL + time.tv_nsec; }

Node make_node(int folder, const char * name) {
    struct stat status = {};
    check(::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0, name);
    Node node;
    node.mode = status.st_mode;
    node.owner = status.st_uid;
    node.group = status.st_gid;
    node.identity = {status.st_ino, nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
    if (S_ISLNK(status.st_mode)) {
        node.content = read_link(folder, name);
    } else if (S_ISREG(status.st_mode) && status.st_size != 0) {
        node.content = read_file(folder, name);
    }
    return node;
}

/// Adds a folder and all below it, but not what lies in folders that "skip" says yes to.
void walk(int parent, const char * name, const std::string & path,
          const std::function<bool(const std::string &)> & skip, Snapshot & snapshot) {
    snapshot.emplace(path, make_node(parent, name));
    if (skip(path)) {
        return;
    }
    const int descriptor = ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    check(descriptor >= 0, path);
    DIR * folder = ::fdopendir(descriptor);
    check(folder != nullptr, path);
    while (const dirent * entry = ::readdir(folder)) {
        if (std::strcmp(entry->d_name, ".") == 0 || std::strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        const std::string below = path.empty() ? entry->d_name : path + "/" + entry->d_name;
        bool is_folder = entry->d_type == DT_DIR;
        if (entry->d_type == DT_UNKNOWN) {
            struct stat status = {};
            check(::fstatat(descriptor, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0, below);
            is_folder = S_ISDIR(status.st_mode);
        }
        if (is_folder) {
            walk(descriptor, entry->d_name, below, skip, snapshot);
        } else {
            snapshot.emplace(below, make_node(descriptor, entry->d_name));
        }
    }
    ::closedir(folder);
}

std::map<std::string, std::string> read_enabled(const std::string & path, bool modules) {
    std::map<std::string, std::string> view;
    DIR * folder = ::opendir(path.c_str());
    check(folder != nullptr, path);
    while (const dirent * entry = ::readdir(folder)) {
        const std::string name = entry->d_name;
        // As a server's mods-enabled/*.load: the star matches no leading dot.
        if (name.starts_with('.') || (!name.ends_with(".conf") && !(modules && name.ends_with(".load")))) {
            continue;
        }
        struct stat status = {};
        const int descriptor = ::dirfd(folder);
        check(::fstatat(descriptor, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0, name);
        std::string target = S_ISLNK(status.st_mode) ? read_link(descriptor, entry->d_name) : "file";
        if (::fstatat(descriptor, entry->d_name, &status, 0) != 0) {
            target += " (dangling)";
        }
        view.emplace(name, std::move(target));
    }
    ::closedir(folder);
    return view;
}

/// The modules that lines of files load; and the words that a file has, as if they were a module.
std::map<std::string, std::string> read_lines(const std::string & folder, const std::string & words) {
    std::map<std::string, std::string> view;
    for (const auto & entry : fs::directory_iterator(folder)) {
        const std::string file = entry.path().filename().string();
        if (file.starts_with('.') || !file.ends_with(".conf")) {
            continue;
        }
        std::istringstream lines(read_file(AT_FDCWD, entry.path().c_str()));
        for (std::string directive, name, binary; lines >> directive;) {
            if (directive == "LoadModule" && lines >> name >> binary) {
                const std::string module = name.substr(0, name.rfind("_module")) + ".load";
                std::string & place = view[module];
                place += (place.empty() ? "" : " and ") + file + "/" + module;
            }
            lines.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
        }
    }
    view["words"] = read_file(AT_FDCWD, words.c_str());
    return view;
}

void write_file(const std::string & path, const std::string & content) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << content;
    file.close();
    check(file.good(), path);
}

}  // namespace

std::string Node::text() const {
    if (S_ISLNK(mode)) {
        return "-> " + content;
    }
    std::array<char, 16> octal{};
    std::snprintf(octal.data(), octal.size(), "%04o", static_cast<unsigned>(mode & 07777));
    return std::string(S_ISDIR(mode)   ? "folder "
                       : S_ISREG(mode) ? "file "
                                       : "special ") +
           octal.data() + " of " + std::to_string(owner) +
           (content.empty() ? "" : ", " + std::to_string(content.size()) + " bytes");
}

std::set<std::string> View::mpms() const {
    std::set<std::string> names;
    for (const auto & [name, target] : modules) {
        // By what is loaded: a link may be re-pointed before it is renamed.
        const std::string loaded = target == "file" ? name : target.substr(target.rfind('/') + 1);
        if (name.ends_with(".load") && loaded.starts_with("mpm_")) {
            names.insert(loaded);
        }
    }
    return names;
}

Tree::Tree(std::string root, Place place, Shape shape) : root_(std::move(root)), place_(place), shape_(shape) {
    content_ = root_ + (place == Place::OVERLAY ? "/lower" : "/tree");
    fs::create_directories(content_ + "/conf");
    for (const char * name : {"/tree", "/run", "/lock", "/log"}) {
        fs::create_directories(root_ + name);
    }
    fs::create_directories(content_ + "/state");
    fs::create_directories(content_ + "/tmp");
    if (shape == Shape::FILES) {
        fill_with_files();
    } else {
        fill_with_links();
    }
    if (place == Place::SUBFOLDER) {
        fs::create_directory(content_ + "/conf/" + modules_folder() + "/attic");
        write(modules_folder() + "/attic/old.load", "# kept for later\n");
    }
}

std::string Tree::modules_folder() const { return shape_ == Shape::FILES ? "conf.modules.d" : "mods-enabled"; }

void Tree::fill_with_links() {
    const std::string conf = content_ + "/conf";
    for (const std::string kind : KINDS) {
        fs::create_directories(conf + "/" + kind + "-available");
        for (const auto & entry : fs::directory_iterator(DEBIAN + "/" + kind + "-available")) {
            fs::copy(entry.path(), conf + "/" + kind + "-available/" + entry.path().filename().string(),
                     fs::copy_options::copy_symlinks);
        }
        fs::create_directories(conf + "/" + kind + "-enabled");
    }
    for (const std::string file : {"apache2.conf", "magic"}) {
        fs::copy(DEBIAN + "/" + file, conf + "/" + file);
    }
    // Only loopback, though nothing listens: the server looks at the addresses.
    write("ports.conf", "ServerName localhost\nListen 127.0.0.1:8080\n");
    std::string envvars;
    for (const auto & [name, value] : server_environment()) {
        if (name.starts_with("APACHE_") && name != "APACHE_CONFDIR" && name != "APACHE_STATE_DIRECTORY") {
            envvars += "export " + name + "=" + value + "\n";
        }
    }
    write("envvars", envvars + "export LANG=C\n");
    if (place_ == Place::SYMLINK) {
        fs::rename(conf + "/mods-enabled", conf + "/mods-chosen");
        fs::create_directory_symlink("mods-chosen", conf + "/mods-enabled");
    }
    for (const char * module : DEFAULT_MODULES) {
        enable_module(module);
    }
    for (const std::string name : DEFAULT_CONFS) {
        enable("conf", name + ".conf");
        marker("conf", "enabled_by_maint", name);
    }
    enable("sites", "000-default.conf");
    marker("site", "enabled_by_maint", "000-default");
}

/// A small configuration in the shape of Fedora's, for Debian's server; and a file with words, which it does not read.
void Tree::fill_with_files() {
    for (const char * folder : {"conf.modules.d", "conf.d", "sysconfig"}) {
        fs::create_directories(content_ + "/conf/" + folder);
    }
    fs::create_directory_symlink("/usr/lib/apache2/modules", content_ + "/conf/modules");
    write("apache2.conf",
          "ServerName localhost\nListen 127.0.0.1:8080\nDefaultRuntimeDir ${APACHE_RUN_DIR}\n"
          "PidFile ${APACHE_PID_FILE}\nUser ${APACHE_RUN_USER}\nGroup ${APACHE_RUN_GROUP}\n"
          "ErrorLog ${APACHE_LOG_DIR}/error.log\nInclude conf.modules.d/*.conf\nIncludeOptional conf.d/*.conf\n");
    write("conf.modules.d/00-base.conf",
          "# The modules that nearly everybody uses\n"
          "LoadModule alias_module modules/mod_alias.so\n"
          "LoadModule authz_core_module modules/mod_authz_core.so\n"
          "LoadModule dir_module modules/mod_dir.so\n"
          "#LoadModule headers_module modules/mod_headers.so\n"
          "LoadModule mime_module modules/mod_mime.so\n"
          "#LoadModule slotmem_shm_module modules/mod_slotmem_shm.so\n"
          "LoadModule env_module modules/mod_env.so");
    write("conf.modules.d/00-mpm.conf",
          "# One of them, and one only\n"
          "#LoadModule mpm_prefork_module modules/mod_mpm_prefork.so\n\n"
          "LoadModule mpm_event_module modules/mod_mpm_event.so\r\n");
    write("conf.modules.d/00-proxy.conf",
          "#LoadModule proxy_module modules/mod_proxy.so\n"
          "#LoadModule proxy_balancer_module modules/mod_proxy_balancer.so\n"
          "#LoadModule proxy_http_module modules/mod_proxy_http.so\n");
    write("conf.modules.d/README", "The order of the files counts.\n");
    write("conf.d/charset.conf", "AddDefaultCharset UTF-8\n");
    for (const std::string name : {"first", "second", "third"}) {
        write("conf.d/" + name + ".conf.disabled", "SetEnv CRASH_" + name + " yes\n");
    }
    write("sysconfig/apache2", "# Which modules\nMODULES=\"alias dir\"  # and no others\nOPTIONS='-D x'\n");
    write("sysconfig/network", "SOMETHING=else\n");
    for (const char * name : {"conf.modules.d/00-base.conf", "conf.modules.d/00-mpm.conf", "sysconfig/apache2"}) {
        adorn(name);
    }
    marker("module", "enabled_by_maint", "mpm_event");
    marker("conf", "enabled_by_maint", "charset");
}

void Tree::adorn(const std::string & path) {
    const std::string file = content_ + "/conf/" + path;
    // In a user namespace there is nobody else.
    if (!in_user_namespace) {
        check(::chown(file.c_str(), 0, 33) == 0, file);
    }
    check(::chmod(file.c_str(), 0664) == 0, file);
}

Tree::~Tree() {
    for (auto mount = mounts_.rbegin(); mount != mounts_.rend(); ++mount) {
        ::umount2(mount->c_str(), MNT_DETACH);
    }
    remove_all(root_);
}

std::map<std::string, std::string> Tree::environment() const {
    std::map<std::string, std::string> variables = {
        {"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
        {"LC_ALL", "C"},
        {"TMPDIR", path() + "/tmp"},
        {"APACHE_CONFDIR", conf()},
        {"APACHE_STATE_DIRECTORY", state()}};
    if (place_ == Place::ROOT) {
        variables["APACHE_CONFGRAPH_ROOT"] = path();
        variables["APACHE_CONFDIR"] = "/conf";
        variables["APACHE_STATE_DIRECTORY"] = "/state";
    }
    return variables;
}

std::map<std::string, std::string> Tree::server_environment() const {
    std::map<std::string, std::string> variables = environment();
    // A server that is started by the test reads the tree where it lies.
    variables["APACHE_CONFDIR"] = conf();
    variables.merge(std::map<std::string, std::string>{{"APACHE_RUN_USER", "www-data"},
                                                       {"APACHE_RUN_GROUP", "www-data"},
                                                       {"APACHE_PID_FILE", root_ + "/run/apache2.pid"},
                                                       {"APACHE_RUN_DIR", root_ + "/run"},
                                                       {"APACHE_LOCK_DIR", root_ + "/lock"},
                                                       {"APACHE_LOG_DIR", root_ + "/log"}});
    return variables;
}

void Tree::enable_module(const std::string & name) {
    enable("mods", name + ".load");
    if (fs::exists(content_ + "/conf/mods-available/" + name + ".conf")) {
        enable("mods", name + ".conf");
    }
    marker("module", "enabled_by_maint", name);
}

void Tree::disable_module(const std::string & name) {
    for (const char * suffix : {".load", ".conf"}) {
        fs::remove(content_ + "/conf/mods-enabled/" + name + suffix);
    }
    fs::remove(content_ + "/state/module/enabled_by_maint/" + name);
}

void Tree::enable(const std::string & folder, const std::string & file) {
    if (!fs::exists(content_ + "/conf/" + folder + "-available/" + file)) {
        throw std::runtime_error(folder + "-available/" + file + " is missing: is Debian's apache2 installed?");
    }
    fs::create_symlink("../" + folder + "-available/" + file, content_ + "/conf/" + folder + "-enabled/" + file);
}

void Tree::marker(const std::string & kind, const std::string & marker, const std::string & name) {
    const std::string folder = content_ + "/state/" + kind + "/" + marker;
    fs::create_directories(folder);
    write_file(folder + "/" + name, "");
}

void Tree::write(const std::string & path, const std::string & content) {
    write_file(content_ + "/conf/" + path, content);
}

void Tree::mount_overlay() const {
    fs::create_directories(root_ + "/upper");
    fs::create_directories(root_ + "/work");
    const std::string options = "lowerdir=" + root_ + "/lower,upperdir=" + root_ + "/upper,workdir=" + root_ + "/work" +
                                (in_user_namespace ? ",userxattr" : "");
    check(::mount("overlay", path().c_str(), "overlay", 0, options.c_str()) == 0, "mount overlay");
}

void Tree::seal() {
    if (place_ == Place::OVERLAY) {
        mount_overlay();
        mounts_.push_back(path());
    } else if (place_ == Place::BIND) {
        const std::string folder = conf() + "/" + modules_folder();
        fs::rename(folder, root_ + "/mounted");
        fs::create_directory(folder);
        check(::mount((root_ + "/mounted").c_str(), folder.c_str(), nullptr, MS_BIND, nullptr) == 0, "mount --bind");
        mounts_.push_back(folder);
    } else if (place_ == Place::STATE_ELSEWHERE) {
        fs::rename(state(), root_ + "/kept");
        fs::create_directory(state());
        mount_memory(state());
        mounts_.push_back(state());
        fs::copy(root_ + "/kept", state(), fs::copy_options::recursive);
    }
    initial_ = snapshot();
    walk(
        AT_FDCWD, conf().c_str(), "", [](const std::string & path) { return path.ends_with("-enabled"); }, available_);
}

void Tree::restore(const Snapshot & now) {
    if (place_ == Place::OVERLAY) {
        // A folder that was changed once would no longer lie in the lower layer alone.
        check(::umount2(path().c_str(), MNT_DETACH) == 0, "umount");
        remove_all(root_ + "/upper");
        remove_all(root_ + "/work");
        mount_overlay();
        return;
    }
    std::set<std::string_view> kept;
    for (auto one = now.rbegin(); one != now.rend(); ++one) {
        const auto wanted = initial_.find(one->first);
        if (wanted == initial_.end() || (wanted->second.mode & S_IFMT) != (one->second.mode & S_IFMT) ||
            (!S_ISDIR(one->second.mode) && !wanted->second.same(one->second))) {
            remove_all(path() + "/" + one->first);
        } else {
            kept.insert(one->first);
        }
    }
    for (const auto & [name, node] : initial_) {
        const std::string place = path() + "/" + name;
        const bool exists = kept.contains(name);
        if (exists && node.same(now.at(name))) {
            continue;
        }
        if (!exists && S_ISLNK(node.mode)) {
            check(::symlink(node.content.c_str(), place.c_str()) == 0, place);
        } else if (!exists && S_ISDIR(node.mode)) {
            check(::mkdir(place.c_str(), 0700) == 0, place);
        } else if (!exists) {
            write_file(place, node.content);
        }
        check(::lchown(place.c_str(), node.owner, node.group) == 0, place);
        if (!S_ISLNK(node.mode)) {
            check(::chmod(place.c_str(), node.mode & 07777) == 0, place);
        }
    }
}

Snapshot Tree::snapshot() const {
    Snapshot snapshot;
    walk(
        AT_FDCWD, path().c_str(), "", [](const std::string & path) { return path.ends_with("-available"); }, snapshot);
    return snapshot;
}

View Tree::view() const {
    if (shape_ == Shape::FILES) {
        return {read_lines(conf() + "/conf.modules.d", conf() + "/sysconfig/apache2"),
                read_enabled(conf() + "/conf.d", false),
                {}};
    }
    return {read_enabled(conf() + "/mods-enabled", true), read_enabled(conf() + "/conf-enabled", false),
            read_enabled(conf() + "/sites-enabled", false)};
}

bool Tree::available_untouched() const {
    Snapshot now;
    walk(
        AT_FDCWD, conf().c_str(), "", [](const std::string & path) { return path.ends_with("-enabled"); }, now);
    for (const auto & [name, node] : available_) {
        const auto same = now.find(name);
        if (name.find("-available/") != std::string::npos && (same == now.end() || !same->second.same(node))) {
            return false;
        }
    }
    return true;
}

void enter_namespace() {
    const uid_t user = ::geteuid();
    const gid_t group = ::getegid();
    in_user_namespace = user != 0;
    check(::unshare(CLONE_NEWNS | (in_user_namespace ? CLONE_NEWUSER : 0)) == 0, "unshare");
    if (in_user_namespace) {
        write_file("/proc/self/setgroups", "deny");
        write_file("/proc/self/uid_map", "0 " + std::to_string(user) + " 1");
        write_file("/proc/self/gid_map", "0 " + std::to_string(group) + " 1");
    }
    check(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "mount --make-rprivate /");
}

void mount_memory(const std::string & folder) {
    check(::mount("tmpfs", folder.c_str(), "tmpfs", 0, "mode=0755") == 0, "mount tmpfs");
}

void remove_all(const std::string & path) { fs::remove_all(path); }

}  // namespace crash
