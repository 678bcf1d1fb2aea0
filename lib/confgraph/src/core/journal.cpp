// SPDX-License-Identifier: Apache-2.0
#include "core/journal.hpp"

#include "core/catalog.hpp"
#include "core/name.hpp"
#include "core/text_edit.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace confgraph::core {

namespace {

constexpr std::string_view MAGIC = "confgraph journal ";
/// The version of a journal about links and markers alone, and of one about files too: an older confgraph, which knows
/// nothing of those, then says that it is too old. Both are as long.
constexpr std::array<std::string_view, 2> VERSIONS = {"1", "2"};
constexpr std::array<std::string_view, 3> JOURNAL_WORDS = {"pending", "forward", "reverse"};
constexpr std::string_view COMMENT =
    "# A change of the configuration that is under way, or was interrupted: the next command\n"
    "# completes it, or takes it back. See confgraph(7).\n";
constexpr std::string_view END = "end ";
constexpr std::string_view HEX = "0123456789abcdef";
constexpr std::size_t HASH_DIGITS = 16;

/// FNV-1a with 64 bits: finds what a disk or an editor did to a journal.
std::uint64_t hash_of(std::uint64_t hash, std::string_view text) {
    for (const char byte : text) {
        hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3ULL;
    }
    return hash;
}
constexpr std::uint64_t HASH_START = 0xcbf29ce484222325ULL;

std::string hex(std::uint64_t value) {
    std::string text(HASH_DIGITS, '0');
    for (std::size_t i = HASH_DIGITS; i-- > 0; value >>= 4U) {
        text[i] = HEX[value & 0xFU];
    }
    return text;
}

/// The check sum of a journal up to its last line, its word left out.
std::string check_sum(std::string_view body) {
    const std::size_t word = journal_word_offset();
    return hex(hash_of(hash_of(HASH_START, body.substr(0, word)), body.substr(word + JOURNAL_WORDS[0].size())));
}

/// Whether a byte stands for itself in a journal.
bool is_plain(char byte) {
    const auto number = static_cast<unsigned char>(byte);
    return number > 0x20 && number < 0x7F && byte != '\\';
}

void append_escaped(std::string & text, std::string_view value) {
    for (const char byte : value) {
        const auto number = static_cast<unsigned char>(byte);
        if (is_plain(byte)) {
            text += byte;
        } else {
            text.append("\\x").append(1, HEX[number >> 4U]).append(1, HEX[number & 0xFU]);
        }
    }
}

std::optional<std::string> unescaped(std::string_view text) {
    std::string value;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            value += text[i];
            continue;
        }
        if (text.size() - i < 4 || text[i + 1] != 'x') {
            return std::nullopt;
        }
        const auto first = HEX.find(text[i + 2]);
        const auto second = HEX.find(text[i + 3]);
        if (first == std::string_view::npos || second == std::string_view::npos) {
            return std::nullopt;
        }
        value += static_cast<char>(first * 16 + second);
        i += 3;
    }
    return value;
}

/// The image of a link or file: "-" where there is none, else "=" and what it points to or says.
void append_image(std::string & text, const Image & image) {
    text += image ? '=' : '-';
    if (image) {
        append_escaped(text, *image);
    }
}

std::optional<Image> to_image(std::string_view text) {
    if (text == "-") {
        return Image();
    }
    if (!text.starts_with('=')) {
        return std::nullopt;
    }
    auto value = unescaped(text.substr(1));
    return value ? std::optional(Image(std::move(*value))) : std::nullopt;
}

/// The image of a link, which points to something.
std::optional<Image> to_link_image(std::string_view text) {
    auto image = to_image(text);
    const bool possible = image && (!*image || (!(*image)->empty() && (*image)->find('\0') == std::string::npos));
    return possible ? std::move(image) : std::nullopt;
}

/// The image of a file, which may be empty.
std::optional<Image> to_file_image(std::string_view text) {
    auto image = to_image(text);
    return image && (!*image || (*image)->size() <= MAX_TEXT_BYTES) ? std::move(image) : std::nullopt;
}

void append_change(std::string & text, const Change & change) {
    const auto field = [&](std::string_view value) {
        text += ' ';
        append_escaped(text, value);
    };
    const auto image = [&](const Image & value) {
        text += ' ';
        append_image(text, value);
    };
    switch (change.code) {
        case ChangeCode::LINK:
            text += "link";
            field(word(change.kind));
            field(change.name);
            image(change.before);
            image(change.after);
            break;
        case ChangeCode::SWITCH:
            text += "switch";
            field(word(change.kind));
            field(change.replaced);
            image(change.replaced_target);
            field(change.name);
            image(change.after);
            break;
        case ChangeCode::MARKER:
            text += "marker";
            field(word(change.kind));
            field(MARKER_FOLDERS[change.marker]);
            field(change.name);
            text += change.before ? " + -" : " - +";
            break;
        case ChangeCode::TEXT:
            text += change.list ? "list" : "text";
            field(word(change.kind));
            field(change.name);
            image(change.before);
            image(change.after);
            break;
        case ChangeCode::RENAME:
            text += "rename";
            field(word(change.kind));
            field(change.replaced);
            field(change.name);
            break;
    }
    text += '\n';
}

std::string header(const JournalFolders & folders) {
    std::string text;
    const auto line = [&](std::string_view key, std::string_view path) {
        text.append(key).append(1, ' ');
        append_escaped(text, path);
        text += '\n';
    };
    line("config", folders.config);
    for (const Kind kind : {Kind::MODULE, Kind::CONF, Kind::SITE}) {
        line(word(kind), folders.enabled[static_cast<std::size_t>(kind)]);
    }
    line("state", folders.state);
    return text;
}

/// Whether a text can be the name of an entry.
bool is_entry(std::string_view name) { return check_name(name) == NameProblem::NONE; }

/// Whether a text can be the name of an entry's link.
bool is_link(Kind kind, std::string_view name) {
    const std::string_view end = name.ends_with(suffix(kind)) ? suffix(kind) : ".conf";
    return name.ends_with(end) && is_entry(name.substr(0, name.size() - end.size()));
}

std::vector<std::string_view> split(std::string_view line) {
    std::vector<std::string_view> fields;
    while (true) {
        const auto end = std::min(line.find(' '), line.size());
        fields.push_back(line.substr(0, end));
        if (end == line.size()) {
            return fields;
        }
        line.remove_prefix(end + 1);
    }
}

std::optional<Kind> to_kind(std::string_view text) {
    for (const Kind kind : {Kind::MODULE, Kind::CONF, Kind::SITE}) {
        if (text == word(kind)) {
            return kind;
        }
    }
    return std::nullopt;
}

/// The change of a file that the fields of a line tell of.
std::optional<Change> to_file_change(Change change, const std::vector<std::string_view> & fields) {
    const bool text = fields[0] == "text" || fields[0] == "list";
    const auto name = unescaped(fields[text ? 2 : 3]);
    if (!name || !is_file_name(*name)) {
        return std::nullopt;
    }
    change.name = *name;
    if (text && fields.size() == 5) {
        auto before = to_file_image(fields[3]);
        auto after = to_file_image(fields[4]);
        if (!before || !after || *before == *after) {
            return std::nullopt;
        }
        change.code = ChangeCode::TEXT;
        change.list = fields[0] == "list";
        change.before = std::move(*before);
        change.after = std::move(*after);
        return change;
    }
    const auto replaced = unescaped(fields[2]);
    if (fields[0] != "rename" || fields.size() != 4 || !replaced || !is_file_name(*replaced) || *replaced == *name) {
        return std::nullopt;
    }
    change.code = ChangeCode::RENAME;
    change.replaced = *replaced;
    return change;
}

std::optional<Change> to_change(std::string_view line) {
    const auto fields = split(line);
    if (fields.size() < 4) {
        return std::nullopt;
    }
    const auto kind = to_kind(fields[1]);
    if (!kind) {
        return std::nullopt;
    }
    Change change{.kind = *kind};
    const auto name = [&](std::string_view field) -> std::optional<std::string> {
        auto value = unescaped(field);
        return value && is_link(*kind, *value) ? value : std::nullopt;
    };
    if (fields[0] == "link" && fields.size() == 5) {
        const auto link = name(fields[2]);
        auto before = to_link_image(fields[3]);
        auto after = to_link_image(fields[4]);
        if (!link || !before || !after || *before == *after) {
            return std::nullopt;
        }
        change.name = *link;
        change.before = std::move(*before);
        change.after = std::move(*after);
        return change;
    }
    if (fields[0] == "switch" && fields.size() == 6) {
        const auto replaced = name(fields[2]);
        const auto before = to_link_image(fields[3]);
        const auto link = name(fields[4]);
        auto after = to_link_image(fields[5]);
        if (!replaced || !before || !*before || !link || !after || !*after || *link == *replaced) {
            return std::nullopt;
        }
        change.code = ChangeCode::SWITCH;
        change.name = *link;
        change.after = std::move(*after);
        change.replaced = *replaced;
        change.replaced_target = **before;
        return change;
    }
    if (fields[0] == "marker" && fields.size() == 6) {
        const auto folder = std::find(MARKER_FOLDERS.begin(), MARKER_FOLDERS.end(), fields[2]);
        const auto entry = unescaped(fields[3]);
        const bool comes = fields[4] == "-" && fields[5] == "+";
        if (folder == MARKER_FOLDERS.end() || !entry || !is_entry(*entry) ||
            (!comes && (fields[4] != "+" || fields[5] != "-"))) {
            return std::nullopt;
        }
        change.code = ChangeCode::MARKER;
        change.name = *entry;
        change.marker = static_cast<std::size_t>(folder - MARKER_FOLDERS.begin());
        (comes ? change.after : change.before) = std::string();
        return change;
    }
    const bool file = fields[0] == "text" || fields[0] == "list" || fields[0] == "rename";
    return file ? to_file_change(std::move(change), fields) : std::nullopt;
}

JournalText damaged(unsigned line) { return {.problem = ErrorCode::JOURNAL_DAMAGED, .line = line}; }

/// Whether a text is the beginning of a journal: of its first line, or that line and more.
bool begins_like_a_journal(std::string_view text) {
    for (const std::string_view version : VERSIONS) {
        const std::string start = std::string(MAGIC).append(version) + ' ';
        const std::size_t both = std::min(text.size(), start.size());
        const std::string_view rest = text.substr(both).substr(0, JOURNAL_WORDS[0].size());
        if (text.substr(0, both) == std::string_view(start).substr(0, both) &&
            std::any_of(JOURNAL_WORDS.begin(), JOURNAL_WORDS.end(),
                        [&](std::string_view known) { return known.starts_with(rest); })) {
            return true;
        }
    }
    return false;
}

/// Whether a line is the first one of a journal of another version than these.
bool is_of_newer_version(std::string_view line) {
    if (!line.starts_with(MAGIC)) {
        return false;
    }
    line.remove_prefix(MAGIC.size());
    const bool known = std::any_of(VERSIONS.begin(), VERSIONS.end(), [&](std::string_view version) {
        return line.starts_with(std::string(version) + ' ');
    });
    return !line.empty() && line.front() >= '1' && line.front() <= '9' && !known;
}

}  // namespace

std::size_t journal_word_offset() { return MAGIC.size() + VERSIONS[0].size() + 1; }

std::string_view text_of(JournalWord word) { return JOURNAL_WORDS[static_cast<std::size_t>(word)]; }

std::string journal_name(std::string_view config_folder) {
    // Leaves room for the suffix and the check sum of a long one below the 255 bytes that a name can have.
    constexpr std::size_t MAX_BYTES = 200;
    while (config_folder.starts_with('/')) {
        config_folder.remove_prefix(1);
    }
    std::string name;
    for (const char byte : config_folder) {
        const auto number = static_cast<unsigned char>(byte);
        const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                           (byte >= '0' && byte <= '9') || byte == '.' || byte == '_';
        if (byte == '/') {
            name += '-';
        } else if (plain) {
            name += byte;
        } else {
            name.append("\\x").append(1, HEX[number >> 4U]).append(1, HEX[number & 0xFU]);
        }
    }
    if (name.size() > MAX_BYTES) {
        name = name.substr(0, MAX_BYTES) + "-" + hex(hash_of(HASH_START, name));
    }
    return name + ".journal";
}

std::string write_journal(const Journal & journal) {
    const bool files = std::any_of(journal.changes.begin(), journal.changes.end(), is_file);
    std::string text(MAGIC);
    text.append(VERSIONS[files ? 1 : 0]).append(1, ' ').append(text_of(journal.word)).append(1, '\n').append(COMMENT);
    text += header(journal.folders);
    for (const Change & change : journal.changes) {
        append_change(text, change);
    }
    const std::string sum = check_sum(text);
    return text.append(END).append(sum).append(1, '\n');
}

namespace {

/// Reads the lines of a journal after the first one.
class LineReader {
public:
    explicit LineReader(const JournalFolders & folders) : expected_(header(folders)) {}

    /// Takes a line in. Returns whether it can stand where it does.
    bool take(std::string_view line) {
        if (next_ == 0 && line.starts_with('#')) {
            return true;
        }
        if (next_ < expected_.size()) {
            return take_folder(line);
        }
        auto change = to_change(line);
        if (change) {
            journal.changes.push_back(std::move(*change));
        }
        return change.has_value();
    }

    [[nodiscard]] bool knows_folders() const { return next_ == expected_.size(); }

    Journal journal;
    /// The first folder that is another one than expected, if any, and whether there was one.
    std::string elsewhere;
    bool is_elsewhere = false;

private:
    bool take_folder(std::string_view line) {
        const std::string_view rest = std::string_view(expected_).substr(next_);
        const std::string_view wanted = rest.substr(0, rest.find('\n'));
        const std::string_view key = wanted.substr(0, wanted.find(' ') + 1);
        next_ += wanted.size() + 1;
        if (line == wanted) {
            return true;
        }
        auto path = line.starts_with(key) ? unescaped(line.substr(key.size())) : std::nullopt;
        if (path && !is_elsewhere) {
            is_elsewhere = true;
            elsewhere = std::move(*path);
        }
        return is_elsewhere;
    }

    std::string expected_;
    std::size_t next_ = 0;
};

/// Whether a block of a file never reached the disk, and is read as zeros. No journal has any of its own.
bool has_unwritten_block(std::string_view text) {
    constexpr std::size_t BLOCK_BYTES = 512;
    const auto zero = text.find('\0');
    if (zero == std::string_view::npos) {
        return false;
    }
    const std::string_view block = text.substr(zero - zero % BLOCK_BYTES, BLOCK_BYTES);
    return block.size() > 1 && block.find_first_not_of('\0') == std::string_view::npos;
}

/// Whether a journal may have been cut off in a line that begins like this.
bool may_be_cut(std::string_view line, std::string_view sum) {
    if (line.starts_with(END)) {
        return sum.starts_with(line.substr(END.size()));
    }
    return std::all_of(line.begin(), line.end(),
                       [](char byte) { return byte == ' ' || byte == '\\' || is_plain(byte); });
}

}  // namespace

JournalText parse_journal(std::string_view text, const JournalFolders & folders) {
    if (has_unwritten_block(text)) {
        return {};
    }
    if (!begins_like_a_journal(text)) {
        const bool newer = is_of_newer_version(text.substr(0, text.find('\n')));
        return {.problem = newer ? ErrorCode::JOURNAL_UNKNOWN : ErrorCode::JOURNAL_DAMAGED, .line = 1};
    }
    const auto written = text.substr(std::min(journal_word_offset(), text.size()), JOURNAL_WORDS[0].size());
    const auto word = std::find(JOURNAL_WORDS.begin(), JOURNAL_WORDS.end(), written) - JOURNAL_WORDS.begin();
    LineReader reader(folders);
    unsigned line = 0;
    for (std::size_t start = 0; start < text.size();) {
        ++line;
        const auto end = std::min(text.find('\n', start), text.size());
        const std::string_view content = text.substr(start, end - start);
        if (line == 1) {
            if (end != text.size() && end != journal_word_offset() + JOURNAL_WORDS[0].size()) {
                return damaged(line);
            }
        } else if (content.starts_with(END) && content.size() == END.size() + HASH_DIGITS) {
            const bool whole = end + 1 >= text.size() && reader.knows_folders() &&
                               content.substr(END.size()) == check_sum(text.substr(0, start));
            if (!whole) {
                return damaged(line);
            }
            if (reader.is_elsewhere) {
                return {.problem = ErrorCode::JOURNAL_ELSEWHERE, .text = std::move(reader.elsewhere)};
            }
            reader.journal.word = static_cast<JournalWord>(word);
            reader.journal.folders = folders;
            return {.journal = std::move(reader.journal)};
        } else if (end == text.size() ? !may_be_cut(content, check_sum(text.substr(0, start)))
                                      : content.starts_with(END) || !reader.take(content)) {
            return damaged(line);
        }
        start = end + 1;
    }
    // Cut off while it was written: nothing of it was done. But it is never written with the last of the words.
    return word == static_cast<std::ptrdiff_t>(JournalWord::REVERSE) ? damaged(line) : JournalText{};
}

}  // namespace confgraph::core
