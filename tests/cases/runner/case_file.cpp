// SPDX-License-Identifier: Apache-2.0
#include "case_file.hpp"

#include "binary.hpp"
#include "core/catalog.hpp"
#include "text.hpp"
#include "tree.hpp"

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string_view>
#include <tuple>
#include <utility>

namespace confgraph::cases {

namespace {

struct SectionKind {
    std::string_view name;
    Kind kind;
    bool available;
};
constexpr SectionKind FOLDERS[] = {
    {"mods-available", Kind::MODULE, true}, {"conf-available", Kind::CONF, true}, {"sites-available", Kind::SITE, true},
    {"mods-enabled", Kind::MODULE, false},  {"conf-enabled", Kind::CONF, false},  {"sites-enabled", Kind::SITE, false},
};

/// Reads one file. Everything wrong is thrown as std::runtime_error and gets its place in read().
class Reader {
public:
    Reader(const std::string & path, Case & into) : path_(path), into_(into) {}

    void read() {
        std::ifstream input(path_, std::ios::binary);
        if (!input) {
            throw MalformedCase(path_, 0, "cannot be read");
        }
        make_folders();
        for (std::string line; std::getline(input, line);) {
            ++number_;
            guarded([&] { take(line); });
        }
        guarded([&] { finish(); });
    }

private:
    void guarded(const std::function<void()> & work) {
        try {
            work();
        } catch (const std::exception & error) {
            throw MalformedCase(path_, number_, error.what());
        }
    }

    void make_folders() {
        const core::Layout folders = layout();
        for (const Kind kind : {Kind::MODULE, Kind::CONF, Kind::SITE}) {
            into_.files.add_folder(folders.of(kind).available);
            into_.files.add_folder(folders.of(kind).enabled);
            for (const std::string_view marker : core::MARKER_FOLDERS) {
                into_.files.add_folder(folders.of(kind).markers + "/" + std::string(marker));
            }
        }
    }

    void take(std::string line) {
        if (number_ == 1) {
            if (!line.starts_with("# ") || line.size() < 12) {
                throw std::runtime_error("the first line is a comment that says what the case is about");
            }
            return;
        }
        line.erase(line.find_last_not_of(' ') + 1);
        if (line.empty() || line.starts_with('#')) {
            return;
        }
        if (line.starts_with("  ")) {
            take_content(line.substr(2));
        } else {
            take_heading(line);
        }
    }

    void take_heading(const std::string & line) {
        end_section();
        if (into_.commands.empty() && line.starts_with("file ") && line.ends_with(':')) {
            file_ = full_path(decode(line.substr(5, line.size() - 6)));
            section_ = "file";
        } else if (line.starts_with("command: ")) {
            into_.commands.push_back({line, parse_command(split(line.substr(9)))});
            into_.expected.push_back(line);
            section_ = "command";
        } else if (line == "changes:" || line == "changes: none") {
            into_.expected.push_back(line);
            section_ = "changes";
            return;
        } else if (into_.commands.empty() && line.ends_with(':')) {
            section_ = line.substr(0, line.size() - 1);
            if (section_ != "markers" && section_ != "special" && find_folder() == nullptr) {
                throw std::runtime_error("no such section: " + section_);
            }
            if (!sections_.insert(section_).second) {
                throw std::runtime_error("a second section " + section_);
            }
        } else {
            throw std::runtime_error("neither a section nor an indented line: " + line);
        }
    }

    void take_content(const std::string & line) {
        if (section_ == "command" || section_ == "changes") {
            into_.expected.push_back("  " + line);
        } else if (section_ == "file") {
            content_ += decode(line) + "\n";
        } else if (section_ == "markers") {
            into_.files.add_file(full_path(decode(line)));
        } else if (section_ == "special") {
            specials_.push_back(split(line));
        } else if (const SectionKind * folder = find_folder(); folder == nullptr) {
            throw std::runtime_error("an indented line without a section");
        } else if (folder->available) {
            take_available(*folder, split(line));
        } else {
            enabled_.emplace_back(*folder, split(line));
        }
    }

    const SectionKind * find_folder() const {
        const auto * found = std::find_if(std::begin(FOLDERS), std::end(FOLDERS),
                                          [&](const SectionKind & folder) { return section_ == folder.name; });
        return found == std::end(FOLDERS) ? nullptr : found;
    }

    /// Turns "Depends: a b Conflicts: c" into the lines of a file.
    static std::string magic_lines(const std::vector<std::string> & words, std::size_t first) {
        std::string text;
        for (std::size_t i = first; i < words.size(); ++i) {
            if (words[i] == "Depends:" || words[i] == "Conflicts:") {
                text.append(text.empty() ? "# " : "\n# ").append(words[i]);
            } else if (text.empty()) {
                throw std::runtime_error("Depends: or Conflicts: expected, not " + words[i]);
            } else {
                text.append(1, ' ').append(decode(words[i]));
            }
        }
        return text.empty() ? text : text + "\n";
    }

    void take_available(const SectionKind & folder, std::vector<std::string> words) {
        const std::string name = decode(words.front());
        const std::string start = full_path(folder.name) + "/" + name;
        words.erase(words.begin());
        std::string identifier = name + "_module";
        if (!words.empty() && words.front() == "+conf") {
            into_.files.add_file(start + ".conf", "# settings\n");
            words.erase(words.begin());
        }
        if (words.size() >= 2 && words.front() == "LoadModule:") {
            identifier = words[1];
            words.erase(words.begin(), words.begin() + 2);
        }
        std::string text = magic_lines(words, 0);
        if (folder.kind == Kind::MODULE) {
            text += "LoadModule " + identifier + " /usr/lib/apache2/modules/mod_" + name + ".so\n";
        }
        into_.files.add_file(start + std::string(suffix(folder.kind)), text);
    }

    void make_link(const SectionKind & folder, const std::string & file) {
        static const std::map<Kind, std::string> available_folders = {
            {Kind::MODULE, "mods-available"}, {Kind::CONF, "conf-available"}, {Kind::SITE, "sites-available"}};
        into_.files.add_link(full_path(folder.name) + "/" + file,
                             "../" + available_folders.at(folder.kind) + "/" + file);
    }

    bool is_available(const SectionKind & folder, const std::string & file) const {
        std::string path = layout().of(folder.kind).available;
        return into_.files.tree().contains(path.append(1, '/').append(file));
    }

    void take_enabled(const SectionKind & folder, const std::vector<std::string> & words) {
        const std::string start = full_path(folder.name) + "/";
        if (words.size() == 3 && words[1] == "->") {
            into_.files.add_link(start + decode(words[0]), decode(words[2]));
            return;
        }
        if (words.size() >= 2 && words[1] == "real") {
            into_.files.add_file(start + decode(words[0]), magic_lines(words, 2));
            return;
        }
        for (const std::string & word : words) {
            const std::string name = decode(word);
            const std::string file = name + std::string(suffix(folder.kind));
            if (!is_available(folder, file)) {
                throw std::runtime_error(name + " is not available; write FILE -> TARGET for a link to nothing");
            }
            make_link(folder, file);
            if (folder.kind == Kind::MODULE && is_available(folder, name + ".conf")) {
                make_link(folder, name + ".conf");
            }
        }
    }

    void take_special(const std::vector<std::string> & words) {
        if (words.size() < 2) {
            throw std::runtime_error("a special line is WHAT PATH");
        }
        const std::string path = full_path(decode(words[1]));
        const std::string & what = words[0];
        if (what == "binary") {
            into_.files.add_file(path, binary_that_imports({words.begin() + 2, words.end()}));
            return;
        }
        if (what == "server") {
            into_.files.add_file(path, binary_that_defines({words.begin() + 2, words.end()}));
            return;
        }
        if (words.size() != 2) {
            throw std::runtime_error("one path is expected after " + what);
        }
        if (what == "fifo") {
            into_.files.add_other(path);
        } else if (what == "folder") {
            into_.files.add_folder(path);
        } else if (what == "unreadable") {
            into_.files.deny(path);
        } else if (what == "absent") {
            into_.files.erase(path);
        } else {
            throw std::runtime_error("no such special: " + what);
        }
    }

    /// Ends a section of the tree. What refers to other files is made when all sections are read.
    void end_section() {
        if (section_ == "file") {
            into_.files.add_file(file_, std::exchange(content_, {}));
        }
        if (section_ == "changes") {
            throw std::runtime_error("the changes come last");
        }
    }

    void finish() {
        if (into_.commands.empty() || section_ != "changes") {
            throw std::runtime_error("a case has a command, and ends with its changes");
        }
        for (const auto & [folder, words] : enabled_) {
            take_enabled(folder, words);
        }
        for (const auto & words : specials_) {
            take_special(words);
        }
    }

    static core::Request parse_command(const std::vector<std::string> & words) {
        static const std::map<std::string, std::pair<Action, Kind>> tools = {
            {"a2enmod", {Action::ENABLE, Kind::MODULE}}, {"a2dismod", {Action::DISABLE, Kind::MODULE}},
            {"a2enconf", {Action::ENABLE, Kind::CONF}},  {"a2disconf", {Action::DISABLE, Kind::CONF}},
            {"a2ensite", {Action::ENABLE, Kind::SITE}},  {"a2dissite", {Action::DISABLE, Kind::SITE}},
            {"a2mpm", {Action::SWITCH, Kind::MODULE}},
        };
        if (words.empty() || !tools.contains(words[0])) {
            throw std::runtime_error(
                "a command begins with a2enmod, a2dismod, a2enconf, a2disconf, a2ensite, a2dissite or a2mpm");
        }
        core::Request request;
        std::tie(request.action, request.kind) = tools.at(words[0]);
        bool options = true;
        for (std::size_t i = 1; i < words.size(); ++i) {
            if (options && words[i] == "--") {
                options = false;
            } else if (options && words[i].starts_with('-')) {
                for (const char letter : words[i].substr(1)) {
                    option(letter, request);
                }
            } else {
                request.arguments.push_back(decode(words[i]));
            }
        }
        return request;
    }

    static void option(char letter, core::Request & request) {
        switch (letter) {
            case 'f':
                request.force = true;
                break;
            case 'm':
                request.maintmode = true;
                break;
            case 'p':
                request.purge = true;
                break;
            default:
                throw std::runtime_error("the options of a case are -f, -m and -p");
        }
    }

    std::string path_;
    Case & into_;
    std::size_t number_ = 0;
    std::string section_;
    std::string file_;
    std::string content_;
    std::set<std::string> sections_;
    std::vector<std::pair<SectionKind, std::vector<std::string>>> enabled_;
    std::vector<std::vector<std::string>> specials_;
};

}  // namespace

void read_case(const std::string & path, Case & into) { Reader(path, into).read(); }

}  // namespace confgraph::cases
