// SPDX-License-Identifier: Apache-2.0
#include "core/journal.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace confgraph;
using core::Change;
using core::ChangeCode;
using core::Journal;
using core::JournalText;
using core::JournalWord;

namespace {

const core::JournalFolders FOLDERS{
    .config = "/etc/apache2",
    .enabled = {"/etc/apache2/mods-enabled", "/etc/apache2/conf-enabled", "/etc/apache2/sites-enabled"},
    .state = "/var/lib/apache2"};
constexpr std::array<JournalWord, 3> WORDS = {JournalWord::PENDING, JournalWord::FORWARD, JournalWord::REVERSE};

Change link(Kind kind, const std::string & name, const core::Image & before, const core::Image & after) {
    return {.code = ChangeCode::LINK, .kind = kind, .name = name, .before = before, .after = after};
}
Change switched(const std::string & old_name, const std::string & old_target, const std::string & name,
                const std::string & target) {
    return {.code = ChangeCode::SWITCH,
            .kind = Kind::MODULE,
            .name = name,
            .after = target,
            .replaced = old_name,
            .replaced_target = old_target};
}
Change marker(Kind kind, const std::string & name, std::size_t number, bool comes) {
    Change change{.code = ChangeCode::MARKER, .kind = kind, .name = name, .marker = number};
    (comes ? change.after : change.before) = std::string();
    return change;
}

Change file(Kind kind, const std::string & name, const core::Image & before, const core::Image & after) {
    return {.code = ChangeCode::TEXT, .kind = kind, .name = name, .before = before, .after = after};
}
Change list(Kind kind, const std::string & name, const core::Image & before, const core::Image & after) {
    Change change = file(kind, name, before, after);
    change.list = true;
    return change;
}
Change renamed(Kind kind, const std::string & old_name, const std::string & name) {
    return {.code = ChangeCode::RENAME, .kind = kind, .name = name, .replaced = old_name};
}

/// One change of each sort that is about files.
Journal file_sample(JournalWord word = JournalWord::FORWARD) {
    return {.word = word,
            .folders = FOLDERS,
            .changes = {file(Kind::MODULE, "00-mpm.conf", "#a\nb\n", "a\n#b\n"),
                        file(Kind::MODULE, "10-x.conf", {}, ""), file(Kind::MODULE, "apache2", "gone", {}),
                        list(Kind::MODULE, "000-default.conf", "x=no\n", "x=yes\n"),
                        renamed(Kind::CONF, "a.conf.disabled", "a.conf"), marker(Kind::MODULE, "x", 0, true)}};
}

/// One change of each sort.
Journal sample(JournalWord word = JournalWord::FORWARD) {
    return {.word = word,
            .folders = FOLDERS,
            .changes = {link(Kind::MODULE, "alias.load", {}, "../mods-available/alias.load"),
                        link(Kind::CONF, "a.conf", "gone", {}), link(Kind::SITE, "000-default.conf", "old", "new"),
                        switched("mpm_event.load", "../e", "mpm_prefork.load", "../p"),
                        marker(Kind::MODULE, "alias", 0, true), marker(Kind::SITE, "x", 3, false)}};
}

JournalText parse(const std::string & text) { return core::parse_journal(text, FOLDERS); }

bool is_torn(const JournalText & parsed) { return !parsed.journal && !parsed.problem; }

/// A name that an entry can have, as random as can be.
std::string random_name(std::mt19937 & random, std::size_t longest) {
    std::string name;
    const std::size_t length = 1 + random() % longest;
    while (name.size() < length) {
        const auto byte = static_cast<char>(0x20 + random() % 224);
        name += byte == '/' || byte == '\x7f' || (name.empty() && (byte == '-' || byte == '.')) ? 'x' : byte;
    }
    return name;
}

Journal random_journal(std::mt19937 & random) {
    Journal journal{.word = WORDS[random() % 3], .folders = FOLDERS, .changes = {}};
    const std::size_t count = random() % 8;
    while (journal.changes.size() < count) {
        const auto kind = static_cast<Kind>(random() % 3);
        const std::string name = random_name(random, 250);
        switch (random() % 3) {
            case 0: {
                const bool comes = random() % 2 == 0;
                const bool goes = !comes || random() % 2 == 0;
                journal.changes.push_back(link(kind, name + ".conf",
                                               goes ? core::Image("/" + random_name(random, 300)) : core::Image(),
                                               comes ? core::Image("../" + random_name(random, 300)) : core::Image()));
                break;
            }
            case 1:
                journal.changes.push_back(marker(kind, name, random() % 4, random() % 2 == 0));
                break;
            default: {
                Change change = switched("old" + random_name(random, 247) + ".conf", random_name(random, 99),
                                         "new" + random_name(random, 247) + ".conf", random_name(random, 99));
                change.kind = kind;
                journal.changes.push_back(change);
                break;
            }
        }
    }
    return journal;
}

/// A journal with one line for its changes, and the check sum that belongs to it.
std::string with_line(const std::string & line) {
    const Journal journal{.word = JournalWord::FORWARD, .folders = FOLDERS, .changes = {}};
    std::string text = core::write_journal(journal);
    text.resize(text.rfind("end "));
    text += line + "\n";
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i < core::journal_word_offset() || i >= core::journal_word_offset() + 7) {
            hash = (hash ^ static_cast<unsigned char>(text[i])) * 0x100000001b3ULL;
        }
    }
    constexpr std::string_view HEX = "0123456789abcdef";
    std::string sum(16, '0');
    for (std::size_t i = 16; i-- > 0; hash >>= 4U) {
        sum[i] = HEX[hash & 0xFU];
    }
    return text + "end " + sum + "\n";
}

}  // namespace

TEST_CASE("a journal says what is changed in lines that can be read") {
    const std::string text = core::write_journal(sample());
    CHECK(text.starts_with("confgraph journal 1 forward\n#"));
    CHECK(text.find("\nconfig /etc/apache2\n") != std::string::npos);
    CHECK(text.find("\nstate /var/lib/apache2\n") != std::string::npos);
    CHECK(text.find("\nlink module alias.load - =../mods-available/alias.load\n") != std::string::npos);
    CHECK(text.find("\nlink conf a.conf =gone -\n") != std::string::npos);
    CHECK(text.find("\nswitch module mpm_event.load =../e mpm_prefork.load =../p\n") != std::string::npos);
    CHECK(text.find("\nmarker module enabled_by_admin alias - +\n") != std::string::npos);
    CHECK(text.find("\nmarker site disabled_by_maint x + -\n") != std::string::npos);
    CHECK(text.substr(text.rfind("\nend ")).size() == 1 + 4 + 16 + 1);
}

TEST_CASE("what is written is read again") {
    for (const JournalWord word : WORDS) {
        const auto parsed = parse(core::write_journal(sample(word)));
        REQUIRE(parsed.journal);
        CHECK(*parsed.journal == sample(word));
        CHECK_FALSE(parsed.problem);
    }
    const Journal empty{.word = JournalWord::PENDING, .folders = FOLDERS, .changes = {}};
    CHECK(parse(core::write_journal(empty)).journal == empty);
}

TEST_CASE("a journal about files says what they say") {
    const std::string text = core::write_journal(file_sample());
    // An older version says that it is too old for it.
    CHECK(text.starts_with("confgraph journal 2 forward\n#"));
    CHECK(text.find("\ntext module 00-mpm.conf =#a\\x0ab\\x0a =a\\x0a#b\\x0a\n") != std::string::npos);
    CHECK(text.find("\ntext module 10-x.conf - =\n") != std::string::npos);
    CHECK(text.find("\ntext module apache2 =gone -\n") != std::string::npos);
    CHECK(text.find("\nrename conf a.conf.disabled a.conf\n") != std::string::npos);
    for (const JournalWord word : WORDS) {
        CHECK(parse(core::write_journal(file_sample(word))).journal == file_sample(word));
    }
    std::string bytes;
    for (int byte = 0; byte < 256; ++byte) {
        bytes += static_cast<char>(byte);
    }
    const Journal odd{.word = JournalWord::FORWARD,
                      .folders = FOLDERS,
                      .changes = {file(Kind::CONF, bytes.substr(1, 46) + bytes.substr(48), bytes, bytes + bytes),
                                  renamed(Kind::SITE, "- \n\\", "x")}};
    CHECK(parse(core::write_journal(odd)).journal == odd);
    const std::string most(1024UL * 1024, '\n');
    const Journal large{.word = JournalWord::FORWARD, .folders = FOLDERS, .changes = {file(Kind::CONF, "x", {}, most)}};
    CHECK(parse(core::write_journal(large)).journal == large);
}

TEST_CASE("a layout may lack a folder") {
    core::JournalFolders folders = FOLDERS;
    folders.enabled[2].clear();
    Journal journal = file_sample();
    journal.folders = folders;
    CHECK(core::parse_journal(core::write_journal(journal), folders).journal == journal);
    CHECK(parse(core::write_journal(journal)).problem == ErrorCode::JOURNAL_ELSEWHERE);
}

TEST_CASE("any name that an entry can have is read again") {
    const std::vector<std::string> names = {" ",
                                            "a b",
                                            "back\\slash",
                                            "\\x41",
                                            "\xff\xfe",
                                            "#comment",
                                            "+",
                                            "=x",
                                            "..x",
                                            "...",
                                            "end ",
                                            "link",
                                            "x.load",
                                            std::string(247, 'n'),
                                            std::string(247, '\xe9')};
    for (const std::string & name : names) {
        const std::string strange = "\n\x01\x7f end 0123456789abcdef\n" + name;
        const Journal journal{.word = JournalWord::REVERSE,
                              .folders = FOLDERS,
                              .changes = {link(Kind::MODULE, name + ".load", {}, "../" + name),
                                          link(Kind::CONF, name + ".conf", strange, "-"),
                                          switched(name + ".load", strange, name + "2.load", "/" + name),
                                          marker(Kind::SITE, name, 1, true)}};
        const std::string text = core::write_journal(journal);
        INFO(text);
        CHECK(parse(text).journal == journal);
        CHECK(std::all_of(text.begin(), text.end(),
                          [](char byte) { return byte == '\n' || (byte >= 0x20 && byte < 0x7f); }));
    }
}

TEST_CASE("random journals are read again") {
    for (unsigned seed = 1; seed <= 500; ++seed) {
        std::mt19937 random(seed);
        const Journal journal = random_journal(random);
        const std::string text = core::write_journal(journal);
        INFO("seed " << seed << "\n" << text);
        const auto parsed = parse(text);
        INFO("line " << parsed.line << (parsed.problem ? " is damaged" : " is cut"));
        REQUIRE(parsed.journal);
        REQUIRE(*parsed.journal == journal);
    }
}

TEST_CASE("the word can be written over") {
    for (const JournalWord from : WORDS) {
        for (const JournalWord to : WORDS) {
            std::string text = core::write_journal(sample(from));
            CHECK(core::text_of(from).size() == core::text_of(to).size());
            text.replace(core::journal_word_offset(), core::text_of(from).size(), core::text_of(to));
            CHECK(parse(text).journal == sample(to));
        }
    }
}

TEST_CASE("a journal cut off at any byte was never begun") {
    const JournalWord word = GENERATE(JournalWord::PENDING, JournalWord::FORWARD);
    Journal journal = GENERATE(true, false) ? sample(word) : file_sample(word);
    journal.changes.push_back(link(Kind::MODULE, "back\\slash and space.load", {}, "\n"));
    const std::string text = core::write_journal(journal);
    for (std::size_t length = 0; length + 1 < text.size(); ++length) {
        INFO(length << ": " << text.substr(0, length));
        REQUIRE(is_torn(parse(text.substr(0, length))));
    }
    // Only the end of its last line is missing: all of it is there.
    CHECK(parse(text.substr(0, text.size() - 1)).journal == journal);
}

TEST_CASE("a journal of which a part never reached the disk was never begun") {
    Journal journal = sample();
    while (journal.changes.size() < 200) {
        journal.changes.push_back(marker(Kind::CONF, "name" + std::to_string(journal.changes.size()), 0, true));
    }
    const std::string text = core::write_journal(journal);
    for (std::size_t block = 0; block < text.size(); block += 512) {
        std::string holed = text;
        std::fill(holed.begin() + static_cast<std::ptrdiff_t>(block),
                  holed.begin() + static_cast<std::ptrdiff_t>(std::min(block + 512, text.size())), '\0');
        INFO(block);
        CHECK(is_torn(parse(holed)));
    }
    CHECK(is_torn(parse(std::string(4096, '\0'))));
    CHECK_FALSE(parse(text + std::string(4096, '\0')).journal);
}

TEST_CASE("a journal with a changed byte is no journal") {
    const std::string text = core::write_journal(GENERATE(true, false) ? sample() : file_sample());
    const std::set<std::string> words = {"pending", "forward", "reverse"};
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (int value = 1; value < 256; ++value) {
            std::string changed = text;
            changed[at] = static_cast<char>(value);
            if (changed == text) {
                continue;
            }
            const auto parsed = parse(changed);
            INFO("byte " << at << " is " << value);
            REQUIRE_FALSE(parsed.journal);
            // The last newline is like any byte that is missing at the end, and so is what comes in its place.
            REQUIRE((parsed.problem || at + 1 == text.size()));
        }
    }
}

TEST_CASE("a journal that was edited is no journal") {
    const std::string text = core::write_journal(sample());
    const auto damaged = [&](const std::string & changed) {
        const auto parsed = parse(changed);
        return !parsed.journal && parsed.problem == ErrorCode::JOURNAL_DAMAGED && parsed.line > 0;
    };
    CHECK(damaged(text + "x"));
    CHECK(damaged(text + "\n"));
    CHECK(damaged(text + text));
    CHECK(damaged("\n" + text));
    CHECK(damaged("x"));
    CHECK(damaged("confgraph journal 1 whatever\n"));
    CHECK(damaged("confgraph journal 1 forwards\n"));
    // Each line left out, doubled, and swapped with the next.
    std::vector<std::string> lines;
    for (std::size_t start = 0; start < text.size();) {
        const auto end = text.find('\n', start) + 1;
        lines.push_back(text.substr(start, end - start));
        start = end;
    }
    const auto joined = [](const std::vector<std::string> & parts) {
        std::string all;
        for (const std::string & part : parts) {
            all += part;
        }
        return all;
    };
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
        INFO(lines[i]);
        auto changed = lines;
        changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
        CHECK(damaged(joined(changed)));
        changed = lines;
        changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(i), lines[i]);
        CHECK(damaged(joined(changed)));
        changed = lines;
        std::swap(changed[i], changed[i + 1]);
        CHECK(damaged(joined(changed)));
    }
}

TEST_CASE("garbage is no journal") {
    std::mt19937 random(1);
    for (int i = 0; i < 2000; ++i) {
        std::string text = i % 2 == 0 ? std::string() : std::string("confgraph journal 1 forward\n");
        const std::size_t length = 1 + random() % 200;
        for (std::size_t k = 0; k < length; ++k) {
            text += static_cast<char>(random() % 256);
        }
        INFO(i);
        REQUIRE_FALSE(parse(text).journal);
    }
    CHECK(parse("hello\n").problem == ErrorCode::JOURNAL_DAMAGED);
    CHECK(parse("hello\n").line == 1);
}

TEST_CASE("a journal of a newer version is told from a damaged one") {
    for (const std::string version : {"3", "10", "12", "20", "3 forward"}) {
        const auto parsed = parse("confgraph journal " + version + " forward\nsomething new\n");
        INFO(version);
        CHECK(parsed.problem == ErrorCode::JOURNAL_UNKNOWN);
        CHECK(parsed.line == 1);
    }
    CHECK(parse("confgraph journal x forward\n").problem == ErrorCode::JOURNAL_DAMAGED);
    CHECK(parse("confgraph journal 0 forward\n").problem == ErrorCode::JOURNAL_DAMAGED);
}

TEST_CASE("a journal about other folders is told") {
    for (std::size_t i = 0; i < 5; ++i) {
        core::JournalFolders others = FOLDERS;
        (i == 0 ? others.config : i == 4 ? others.state : others.enabled[i - 1]) = "/some where/else";
        Journal journal = sample();
        journal.folders = others;
        const auto parsed = parse(core::write_journal(journal));
        INFO(i);
        CHECK_FALSE(parsed.journal);
        CHECK(parsed.problem == ErrorCode::JOURNAL_ELSEWHERE);
        CHECK(parsed.text == "/some where/else");
        CHECK(core::parse_journal(core::write_journal(journal), others).journal == journal);
    }
}

TEST_CASE("no change is read that leads out of its folder, or says nothing") {
    CHECK(parse(with_line("link module a.load - =x")).journal);
    CHECK(parse(with_line("marker conf disabled_by_admin a + -")).journal);
    CHECK(parse(with_line("text module a.conf - =x")).journal);
    CHECK(parse(with_line("rename conf a b")).journal);
    for (const std::string & line :
         std::vector<std::string>{"link module ../a.load - =x",
                                  "link module a/b.load - =x",
                                  "link module ../.load - =x",
                                  "link module . - =x",
                                  "link module a\\x00b.load - =x",
                                  "link module  - =x",
                                  "link module a.load - -",
                                  "link module a.load =x =x",
                                  "link module a.load - =",
                                  "link module a.load - =x\\x00",
                                  "link module a.load - x",
                                  "link module a.load -",
                                  "link module a.load - =x -",
                                  "link theme a.load - =x",
                                  "link module a\\xZZ.load - =x",
                                  "link module a\\x4 - =x",
                                  "link module a\\.load - =x",
                                  "switch module a.load =x a.load =y",
                                  "switch module a.load - b.load =y",
                                  "switch module a.load =x b.load -",
                                  "switch module a.load =x ../b.load =y",
                                  "switch module a/b.load =x b.load =y",
                                  "switch module a.load =x b.load",
                                  "marker module enabled_by_nobody a - +",
                                  "marker module enabled_by_admin ../a.load - +",
                                  "marker module enabled_by_admin a + +",
                                  "marker module enabled_by_admin a - -",
                                  "marker module enabled_by_admin a -",
                                  "link module a - =x",
                                  "link site a.load - =x",
                                  "link module .load - =x",
                                  "link module -a.load - =x",
                                  "link module a\\x0a.load - =x",
                                  "link module .confgraph - =x",
                                  "marker module enabled_by_admin -a - +",
                                  "text module ../a.conf - =x",
                                  "text module a/b.conf - =x",
                                  "text module .. - =x",
                                  "text module .a.conf - =x",
                                  "text module a\\x00 - =x",
                                  "text module  - =x",
                                  "text module " + std::string(256, 'x') + " - =x",
                                  "text module a.conf - -",
                                  "text module a.conf =x =x",
                                  "text module a.conf - x",
                                  "text module a.conf - =x\\x0",
                                  "text module a.conf -",
                                  "text module a.conf",
                                  "text module a.conf - =x -",
                                  "text theme a.conf - =x",
                                  "text module a.conf - =" + std::string(1024UL * 1024 + 1, 'x'),
                                  "rename conf a a",
                                  "rename conf a",
                                  "rename conf a b c",
                                  "rename conf ../a b",
                                  "rename conf a ../b",
                                  "rename conf a .b",
                                  "rename conf a/ b",
                                  "rename conf  b",
                                  "remove /etc/passwd",
                                  "",
                                  " ",
                                  "config /etc/apache2"}) {
        const auto parsed = parse(with_line(line));
        INFO(line);
        CHECK_FALSE(parsed.journal);
        CHECK(parsed.problem == ErrorCode::JOURNAL_DAMAGED);
        CHECK(parsed.line == 9);
    }
}

TEST_CASE("each configuration has a journal of its own") {
    CHECK(core::journal_name("/etc/apache2") == "etc-apache2.journal");
    CHECK(core::journal_name("/etc/apache2-second") == "etc-apache2\\x2dsecond.journal");
    CHECK(core::journal_name("/srv/a b") == "srv-a\\x20b.journal");
    CHECK(core::journal_name("/x/\xff") == "x-\\xff.journal");
    std::set<std::string> names;
    const std::vector<std::string> folders = {"/a/b",
                                              "/a-b",
                                              "/a\\x2db",
                                              "/a/b-",
                                              "/a\n",
                                              "/a\\x0a",
                                              "/a b",
                                              "/a_b",
                                              "/a.b",
                                              "/A/b",
                                              "/a//b",
                                              "/a/b/c",
                                              "/" + std::string(300, 'x'),
                                              "/" + std::string(301, 'x'),
                                              "/" + std::string(4000, '-'),
                                              "/" + std::string(4000, '-') + "y"};
    for (const std::string & folder : folders) {
        const std::string name = core::journal_name(folder);
        INFO(folder);
        CHECK(name.size() <= 255);
        CHECK(name.find('/') == std::string::npos);
        CHECK(name.ends_with(".journal"));
        CHECK(names.insert(name).second);
    }
}
