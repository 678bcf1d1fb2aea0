// SPDX-License-Identifier: Apache-2.0
#include "support/memory_file_system.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <deque>
#include <stdexcept>
#include <utility>

namespace confgraph::test {

using io::Errno;
using io::FileInfo;
using io::FileType;
using io::IoResult;

namespace {

// Linux gives up when it has followed this many links on the way of one path.
constexpr int MAX_LINKS = 40;
constexpr std::uint64_t DEVICE = 1;

std::deque<std::string> components(std::string_view path) {
    std::deque<std::string> parts;
    while (!path.empty()) {
        const auto end = std::min(path.find('/'), path.size());
        if (end > 0) {
            parts.emplace_back(path.substr(0, end));
        }
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return parts;
}

}  // namespace

struct MemoryFileSystem::Node {
    FileType type{};
    std::uint64_t inode = 0;
    Node * parent = nullptr;
    std::string name;
    std::string text;  ///< a file's content, a link's target
    std::uint64_t changed = 0;
    bool denied = false;
    std::map<std::string, std::unique_ptr<Node>, std::less<>> entries;

    [[nodiscard]] FileInfo info() const { return {type, DEVICE, inode, text.size(), changed}; }

    [[nodiscard]] std::string path() const {
        if (parent == nullptr) {
            return "/";
        }
        return parent->parent == nullptr ? "/" + name : parent->path() + "/" + name;
    }

    void describe(std::map<std::string, std::string> & tree) const {
        switch (type) {
            case FileType::FOLDER:
                tree[path()] = "folder";
                break;
            case FileType::REGULAR:
                tree[path()] = "file " + text;
                break;
            case FileType::LINK:
                tree[path()] = "link " + text;
                break;
            case FileType::OTHER:
                tree[path()] = "other";
                break;
        }
        for (const auto & [entry_name, node] : entries) {
            node->describe(tree);
        }
    }
};

MemoryFileSystem::MemoryFileSystem() : root_(std::make_unique<Node>()) {
    root_->type = FileType::FOLDER;
    root_->inode = ++inodes_;
}

MemoryFileSystem::~MemoryFileSystem() = default;

void MemoryFileSystem::touch(Node & node) { node.changed = ++moment_; }

MemoryFileSystem::Node & MemoryFileSystem::insert(Node & folder, const std::string & name, FileType type) {
    auto node = std::make_unique<Node>();
    node->type = type;
    node->inode = ++inodes_;
    node->parent = &folder;
    node->name = name;
    touch(*node);
    touch(folder);
    return *(folder.entries[name] = std::move(node));
}

MemoryFileSystem::Node & MemoryFileSystem::add(const std::string & path, FileType type) {
    std::deque<std::string> parts = components(path);
    if (!path.starts_with('/') || parts.empty()) {
        throw std::invalid_argument("not an absolute path of an entry: " + path);
    }
    const std::string name = parts.back();
    parts.pop_back();
    Node * folder = root_.get();
    for (const std::string & part : parts) {
        const auto found = folder->entries.find(part);
        folder = found != folder->entries.end() ? found->second.get() : &insert(*folder, part, FileType::FOLDER);
        if (folder->type != FileType::FOLDER) {
            throw std::invalid_argument("something above is no folder: " + path);
        }
    }
    const auto found = folder->entries.find(name);
    if (type == FileType::FOLDER && found != folder->entries.end() && found->second->type == type) {
        return *found->second;
    }
    return insert(*folder, name, type);
}

MemoryFileSystem::Node & MemoryFileSystem::existing(const std::string & path) const {
    Node * node = root_.get();
    for (const std::string & part : components(path)) {
        const auto found = node->entries.find(part);
        if (found == node->entries.end()) {
            throw std::invalid_argument("nothing at " + path);
        }
        node = found->second.get();
    }
    return *node;
}

void MemoryFileSystem::add_folder(const std::string & path) { add(path, FileType::FOLDER); }

void MemoryFileSystem::add_file(const std::string & path, std::string content) {
    add(path, FileType::REGULAR).text = std::move(content);
}

void MemoryFileSystem::add_link(const std::string & path, std::string target) {
    add(path, FileType::LINK).text = std::move(target);
}

void MemoryFileSystem::add_other(const std::string & path) { add(path, FileType::OTHER); }

void MemoryFileSystem::deny(const std::string & path) {
    existing(path).denied = true;
    touch(existing(path));
}

void MemoryFileSystem::erase(const std::string & path) {
    const Node & node = existing(path);
    if (node.parent == nullptr) {
        throw std::invalid_argument("the root stays");
    }
    Node & folder = *node.parent;
    folder.entries.erase(std::string(node.name));
    touch(folder);
}

std::map<std::string, std::string> MemoryFileSystem::tree() const {
    std::map<std::string, std::string> tree;
    root_->describe(tree);
    return tree;
}

void MemoryFileSystem::note(std::string_view call, const std::string & path) const {
    log_.push_back(std::string(call) + " " + path);
}

std::size_t MemoryFileSystem::accesses_below(std::string_view path) const {
    return static_cast<std::size_t>(std::count_if(log_.begin(), log_.end(), [&](std::string_view line) {
        const std::string_view accessed = line.substr(line.find(' ') + 1);
        return accessed.starts_with(path) && (accessed.size() == path.size() || accessed[path.size()] == '/');
    }));
}

IoResult<MemoryFileSystem::Node *> MemoryFileSystem::find(std::string path, Last last) const {
    // As a system call sees it: the path ends at the first NUL.
    path.resize(std::min(path.find('\0'), path.size()));
    if (path.empty()) {
        return Errno{ENOENT};
    }
    if (path.size() >= PATH_MAX) {
        return Errno{ENAMETOOLONG};
    }
    std::deque<std::string> waiting = components(path);
    bool slash = path.ends_with('/');
    int links = 0;
    Node * folder = root_.get();
    while (!waiting.empty()) {
        const std::string name = std::move(waiting.front());
        waiting.pop_front();
        const bool is_last = waiting.empty();
        if (folder->denied) {
            return Errno{EACCES};
        }
        Node * node = nullptr;
        if (name == "." || name == "..") {
            node = name == "." || folder->parent == nullptr ? folder : folder->parent;
        } else if (name.size() > NAME_MAX) {
            return Errno{ENAMETOOLONG};
        } else if (const auto found = folder->entries.find(name); found != folder->entries.end()) {
            node = found->second.get();
        }
        if (node == nullptr) {
            return Errno{ENOENT};
        }
        if (node->type == FileType::LINK && (!is_last || last == Last::FOLLOW || slash)) {
            if (++links > MAX_LINKS) {
                return Errno{ELOOP};
            }
            const std::deque<std::string> target = components(node->text);
            if (is_last) {
                slash = slash || node->text.ends_with('/');
                last = Last::FOLLOW;
            }
            waiting.insert(waiting.begin(), target.begin(), target.end());
            if (node->text.starts_with('/')) {
                folder = root_.get();
            }
            continue;
        }
        if ((!is_last || slash) && node->type != FileType::FOLDER) {
            return Errno{ENOTDIR};
        }
        if (is_last) {
            return node;
        }
        folder = node;
    }
    // Nothing but slashes, or a link to the root.
    return root_.get();
}

IoResult<FileInfo> MemoryFileSystem::info(const std::string & path) const {
    note("info", path);
    const auto node = find(path, Last::FOLLOW);
    if (!node) {
        return node.error();
    }
    return node.value()->info();
}

IoResult<FileInfo> MemoryFileSystem::link_info(const std::string & path) const {
    note("link_info", path);
    const auto node = find(path, Last::STAY);
    if (!node) {
        return node.error();
    }
    return node.value()->info();
}

IoResult<std::string> MemoryFileSystem::read_link(const std::string & path) const {
    note("read_link", path);
    const auto node = find(path, Last::STAY);
    if (!node) {
        return node.error();
    }
    if (node.value()->type != FileType::LINK) {
        return Errno{EINVAL};
    }
    return node.value()->text;
}

IoResult<std::vector<std::string>> MemoryFileSystem::list(const std::string & path) const {
    note("list", path);
    const auto node = find(path, Last::FOLLOW);
    if (!node) {
        return node.error();
    }
    if (node.value()->type != FileType::FOLDER) {
        return Errno{ENOTDIR};
    }
    if (node.value()->denied) {
        return Errno{EACCES};
    }
    std::vector<std::string> names;
    for (const auto & [name, entry] : node.value()->entries) {
        names.push_back(name);
    }
    // Backwards, so that nobody comes to rely on an order.
    std::reverse(names.begin(), names.end());
    return names;
}

IoResult<std::string> MemoryFileSystem::canonical_path(const std::string & path) const {
    note("canonical_path", path);
    const auto node = find(path, Last::FOLLOW);
    if (!node) {
        return node.error();
    }
    return node.value()->path();
}

IoResult<bool> MemoryFileSystem::read(const std::string & path, std::size_t piece_bytes,
                                      const std::function<bool(std::string_view)> & take) const {
    note("read", path);
    const auto node = find(path, Last::FOLLOW);
    if (!node) {
        return node.error();
    }
    if (node.value()->denied) {
        return Errno{EACCES};
    }
    if (node.value()->type == FileType::FOLDER) {
        return Errno{EISDIR};
    }
    // A copy of the content: take may change the tree. A FIFO without a writer is at its end.
    const std::string content = node.value()->text;
    for (std::string_view rest = content; !rest.empty();) {
        const std::string_view piece = rest.substr(0, piece_bytes);
        bytes_read_ += piece.size();
        if (!take(piece)) {
            return false;
        }
        rest.remove_prefix(piece.size());
    }
    return true;
}

IoResult<std::string> MemoryFileSystem::working_directory() const { return std::string("/"); }

}  // namespace confgraph::test
