// SPDX-License-Identifier: Apache-2.0
#include "support/temporary_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <system_error>

namespace confgraph::test {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
    std::string pattern = (fs::canonical(fs::temp_directory_path()) / "confgraph-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
        throw std::system_error(errno, std::generic_category(), pattern);
    }
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    // Folders without permissions would stay in the way of anyone but root.
    std::error_code error;
    for (auto entry = fs::recursive_directory_iterator(path_, error); entry != fs::recursive_directory_iterator();) {
        if (!entry->is_symlink() && entry->is_directory()) {
            fs::permissions(entry->path(), fs::perms::owner_all, fs::perm_options::add, error);
        }
        entry.increment(error);
    }
    fs::remove_all(path_, error);
    if (error || fs::exists(fs::symlink_status(path_))) {
        std::cerr << "Left behind: " << path_ << ": " << error.message() << '\n';
        std::terminate();
    }
}

void TemporaryFolder::add_file(std::string_view name, std::string_view content) const {
    const fs::path file = at(name);
    fs::create_directories(file.parent_path());
    std::ofstream stream(file, std::ios::binary);
    stream << content << std::flush;
    if (!stream) {
        throw std::runtime_error("cannot write " + file.string());
    }
}

void TemporaryFolder::add_folder(std::string_view name) const { fs::create_directories(at(name)); }

void TemporaryFolder::add_link(std::string_view name, const std::string & target) const {
    const fs::path link = at(name);
    fs::create_directories(link.parent_path());
    fs::create_symlink(target, link);
}

void TemporaryFolder::add_tree(const std::map<std::string, std::string> & tree) const {
    for (const auto & [name, what] : tree) {
        if (what.starts_with("link ")) {
            add_link(name, what.substr(5));
        } else if (what == "folder") {
            add_folder(name);
        } else {
            add_file(name, what.substr(5));
        }
    }
}

void TemporaryFolder::erase(std::string_view name) const { fs::remove_all(at(name)); }

std::map<std::string, std::string> TemporaryFolder::tree() const {
    std::map<std::string, std::string> tree;
    for (const auto & entry : fs::recursive_directory_iterator(path_)) {
        std::string what = "other";
        if (entry.is_symlink()) {
            what = "link " + fs::read_symlink(entry.path()).string();
        } else if (entry.is_directory()) {
            what = "folder";
        } else if (entry.is_regular_file()) {
            std::ifstream stream(entry.path(), std::ios::binary);
            what = "file " + std::string(std::istreambuf_iterator<char>(stream), {});
        }
        tree[entry.path().string().substr(path_.size() + 1)] = what;
    }
    return tree;
}

std::map<std::string, std::string> TemporaryFolder::tree(std::string_view name) const {
    const std::string start = std::string(name) + "/";
    std::map<std::string, std::string> found;
    for (const auto & [path, what] : tree()) {
        if (path.starts_with(start)) {
            found[path.substr(start.size())] = what;
        }
    }
    return found;
}

WorkingDirectory::WorkingDirectory(const std::string & path) : before_(fs::current_path().string()) {
    fs::current_path(path);
}

WorkingDirectory::~WorkingDirectory() { fs::current_path(before_); }

std::vector<std::string> differences(const std::map<std::string, std::string> & before,
                                     const std::map<std::string, std::string> & now) {
    std::vector<std::string> lines;
    const auto compare = [&](const auto & these, const auto & others, const char * sign) {
        for (const auto & [path, what] : these) {
            const auto other = others.find(path);
            if (other == others.end() || other->second != what) {
                lines.push_back(sign + path + " " + what);
            }
        }
    };
    compare(before, now, "- ");
    compare(now, before, "+ ");
    return lines;
}

}  // namespace confgraph::test
