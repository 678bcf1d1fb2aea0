// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <sys/types.h>
#include <tuple>
#include <vector>

namespace crash {

/// One thing in a tree.
struct Node {
    mode_t mode = 0;
    uid_t owner = 0;
    gid_t group = 0;
    std::string content;  ///< of a file; the target of a link
    /// What even a change that is taken back leaves its traces in.
    struct Identity {
        std::uint64_t inode = 0;
        std::int64_t modified = 0;  ///< nanoseconds
        std::int64_t changed = 0;
        bool operator==(const Identity &) const = default;
    } identity;

    [[nodiscard]] bool same(const Node & other) const {
        return mode == other.mode && owner == other.owner && group == other.group && content == other.content;
    }
    /// What it is, in words.
    [[nodiscard]] std::string text() const;
};

/// What is in a tree: path -> thing.
using Snapshot = std::map<std::string, Node>;

/// Where the folder of enabled modules lies, which decides how it can be changed.
enum class Place {
    PLAIN,
    BIND,             ///< something is mounted on it
    OVERLAY,          ///< in the lower layer of an overlay, with everything else
    SYMLINK,          ///< it is a link to a folder
    SUBFOLDER,        ///< it holds a folder
    STATE_ELSEWHERE,  ///< the markers lie on a file system of their own
    ROOT,             ///< the tree is the root of a system that does not run
};

/// How a configuration says what is enabled.
enum class Shape {
    LINKS,  ///< Debian's: by links
    FILES,  ///< Fedora's: by lines and names of files, and SUSE's: by words
};

/// What a server would read from the enabled folders: file name -> target of the link. A file is "file", and what leads
/// nowhere has " (dangling)" behind it. In shape FILES a module is NAME.load -> FILE/NAME.load, where its line is.
struct View {
    std::map<std::string, std::string> modules;
    std::map<std::string, std::string> confs;
    std::map<std::string, std::string> sites;
    bool operator==(const View &) const = default;
    bool operator<(const View & other) const {
        return std::tie(modules, confs, sites) < std::tie(other.modules, other.confs, other.sites);
    }
    /// The MPMs that are loaded, by the names of their files.
    [[nodiscard]] std::set<std::string> mpms() const;
};

/// A private copy of Debian's configuration in root/tree: conf, state, tmp (watched); run, lock, log (not).
class Tree {
public:
    /// Makes the copy, with what Debian enables in a fresh installation. root must not exist.
    Tree(std::string root, Place place, Shape shape = Shape::LINKS);
    Tree(const Tree &) = delete;
    Tree & operator=(const Tree &) = delete;
    ~Tree();

    [[nodiscard]] std::string path() const { return root_ + "/tree"; }
    [[nodiscard]] std::string conf() const { return path() + "/conf"; }
    [[nodiscard]] std::string state() const { return path() + "/state"; }
    /// APACHE_CONFDIR and the like.
    [[nodiscard]] std::map<std::string, std::string> environment() const;
    /// The same with what envvars sets: for the server.
    [[nodiscard]] std::map<std::string, std::string> server_environment() const;

    // For the setup of a scenario, before seal().

    /// Enables a module with its marker, as a maintainer script does.
    void enable_module(const std::string & name);
    void disable_module(const std::string & name);
    void enable(const std::string & folder, const std::string & file);
    void marker(const std::string & kind, const std::string & marker, const std::string & name);
    /// A path below conf.
    void write(const std::string & path, const std::string & content);
    /// Makes a file below conf belong to somebody, as far as this user can.
    void adorn(const std::string & path);

    /// Mounts what the place needs. What is there from now on is what restore() leads back to.
    void seal();
    /// now: what is there, as snapshot() says.
    void restore(const Snapshot & now);

    /// All below path(), without what is in the folders of available files.
    [[nodiscard]] Snapshot snapshot() const;
    [[nodiscard]] const Snapshot & initial() const { return initial_; }
    [[nodiscard]] View view() const;
    /// Whether nobody touched the available files.
    [[nodiscard]] bool available_untouched() const;

private:
    void mount_overlay() const;
    void fill_with_links();
    void fill_with_files();
    [[nodiscard]] std::string modules_folder() const;

    std::string root_;
    Place place_;
    Shape shape_;
    std::string content_;  ///< the folder that is filled: path() or the lower layer
    Snapshot initial_;
    Snapshot available_;
    std::vector<std::string> mounts_;
};

/// A mount namespace of its own for this process and its children, in a user namespace where this user is not root.
void enter_namespace();

/// Mounts an empty file system in memory.
void mount_memory(const std::string & folder);

void remove_all(const std::string & path);

}  // namespace crash
