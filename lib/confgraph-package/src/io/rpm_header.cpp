// SPDX-License-Identifier: Apache-2.0
#include "io/rpm_header.hpp"

#include "io/foreign_library.hpp"

#include <rpm/header.h>
#include <rpm/rpmds.h>
#include <rpm/rpmfiles.h>
#include <rpm/rpmlog.h>
#include <rpm/rpmtd.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <map>
#include <mutex>
#include <sys/stat.h>
#include <utility>

namespace confgraph::package::io {

namespace {

/// What is used of librpm.
struct Rpm {
    ForeignLibrary library{CONFGRAPH_LIBRPM};
    decltype(headerImport) * header_import{};
    decltype(headerFree) * header_free{};
    decltype(headerGet) * header_get{};
    decltype(rpmtdFreeData) * td_free_data{};
    decltype(rpmtdNextString) * td_next_string{};
    decltype(rpmtdNext) * td_next{};
    decltype(rpmtdGetNumber) * td_get_number{};
    decltype(rpmlogSetMask) * log_set_mask{};

    Rpm() {
        library.find(header_import, "headerImport");
        library.find(header_free, "headerFree");
        library.find(header_get, "headerGet");
        library.find(td_free_data, "rpmtdFreeData");
        library.find(td_next_string, "rpmtdNextString");
        library.find(td_next, "rpmtdNext");
        library.find(td_get_number, "rpmtdGetNumber");
        library.find(log_set_mask, "rpmlogSetMask");
        if (library.problem().empty()) {
            log_set_mask(0);  // what is wrong is said by who called
        }
    }
};

const Rpm & rpm() {
    static const Rpm loaded;
    return loaded;
}

/// librpm shares much between its parts: one thread at a time.
std::mutex & rpm_mutex() {
    static std::mutex mutex;
    return mutex;
}

class Header {
public:
    explicit Header(std::string & blob)
        : handle_(rpm().header_import(blob.data(), static_cast<unsigned>(blob.size()), HEADERIMPORT_COPY)) {}
    Header(const Header &) = delete;
    Header & operator=(const Header &) = delete;
    ~Header() { rpm().header_free(handle_); }

    [[nodiscard]] bool good() const { return handle_ != nullptr; }

    [[nodiscard]] std::vector<std::string> texts(rpmTagVal tag) const {
        std::vector<std::string> list;
        rpmtd_s data{};
        if (rpm().header_get(handle_, tag, &data, HEADERGET_MINMEM) != 0) {
            for (const char * text = rpm().td_next_string(&data); text != nullptr; text = rpm().td_next_string(&data)) {
                list.emplace_back(text);
            }
            rpm().td_free_data(&data);
        }
        return list;
    }

    [[nodiscard]] std::string text(rpmTagVal tag) const {
        auto list = texts(tag);
        return list.empty() ? std::string() : std::move(list.front());
    }

    [[nodiscard]] std::vector<std::uint64_t> numbers(rpmTagVal tag) const {
        std::vector<std::uint64_t> list;
        rpmtd_s data{};
        if (rpm().header_get(handle_, tag, &data, HEADERGET_MINMEM) != 0) {
            while (rpm().td_next(&data) >= 0) {
                list.push_back(rpm().td_get_number(&data));
            }
            rpm().td_free_data(&data);
        }
        return list;
    }

private:
    ::Header handle_;
};

template <class Value>
Value at(const std::vector<Value> & list, std::size_t index) {
    return index < list.size() ? list[index] : Value();
}

std::vector<core::Relation> relations(const Header & header, rpmTagVal names, rpmTagVal flags, rpmTagVal versions) {
    const auto signs = header.numbers(flags);
    const auto numbers = header.texts(versions);
    std::vector<core::Relation> list;
    for (std::string & name : header.texts(names)) {
        const std::size_t index = list.size();
        core::Relation relation{std::move(name)};
        const std::uint64_t sign = at(signs, index);
        for (const auto & [bit, text] :
             {std::pair(RPMSENSE_LESS, "<"), std::pair(RPMSENSE_GREATER, ">"), std::pair(RPMSENSE_EQUAL, "=")}) {
            if ((sign & bit) != 0) {
                relation.relation += text;
            }
        }
        if (!relation.relation.empty()) {
            relation.version = at(numbers, index);
        }
        list.push_back(std::move(relation));
    }
    return list;
}

constexpr std::array<std::pair<rpmTagVal, const char *>, 7> SCRIPTS = {{{RPMTAG_PRETRANS, "pretrans"},
                                                                        {RPMTAG_PREIN, "pre"},
                                                                        {RPMTAG_POSTIN, "post"},
                                                                        {RPMTAG_PREUN, "preun"},
                                                                        {RPMTAG_POSTUN, "postun"},
                                                                        {RPMTAG_POSTTRANS, "posttrans"},
                                                                        {RPMTAG_VERIFYSCRIPT, "verifyscript"}}};

/// Triggers come as a list of scripts, and of the names that set them off with the number of the script.
struct TriggerTags {
    const char * prefix;
    rpmTagVal scripts;
    rpmTagVal names;
    rpmTagVal flags;
};
constexpr std::array<TriggerTags, 3> TRIGGERS = {
    {{"trigger", RPMTAG_TRIGGERSCRIPTS, RPMTAG_TRIGGERNAME, RPMTAG_TRIGGERFLAGS},
     {"filetrigger", RPMTAG_FILETRIGGERSCRIPTS, RPMTAG_FILETRIGGERNAME, RPMTAG_FILETRIGGERFLAGS},
     {"transfiletrigger", RPMTAG_TRANSFILETRIGGERSCRIPTS, RPMTAG_TRANSFILETRIGGERNAME, RPMTAG_TRANSFILETRIGGERFLAGS}}};

const char * trigger_event(std::uint64_t flags) {
    if ((flags & RPMSENSE_TRIGGERPREIN) != 0) {
        return "prein";
    }
    if ((flags & RPMSENSE_TRIGGERIN) != 0) {
        return "in";
    }
    return (flags & RPMSENSE_TRIGGERUN) != 0 ? "un" : "postun";
}

void take_scripts(const Header & header, core::Package & package) {
    for (const auto & [tag, name] : SCRIPTS) {
        if (std::string text = header.text(tag); !text.empty()) {
            package.scripts.push_back({name, std::move(text)});
        }
    }
    for (const TriggerTags & tags : TRIGGERS) {
        for (std::string & text : header.texts(tags.scripts)) {
            package.scripts.push_back({tags.prefix, std::move(text)});
        }
        const auto flags = header.numbers(tags.flags);
        std::size_t index = 0;
        for (std::string & name : header.texts(tags.names)) {
            package.triggers.push_back({std::string(tags.prefix) + trigger_event(at(flags, index++)), std::move(name)});
        }
    }
}

/// As Packed has it, of rpm's words.
std::string compression(const std::string & word) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> WORDS = {
        {{"", "gz"}, {"gzip", "gz"}, {"bzip2", "bz2"}, {"zstd", "zst"}}};
    for (const auto & [theirs, ours] : WORDS) {
        if (word == theirs) {
            return std::string(ours);
        }
    }
    return word == "identity" ? "" : word;
}

std::vector<core::PackageFile> files(const Header & header) {
    const auto names = header.texts(RPMTAG_BASENAMES);
    const auto folders = header.texts(RPMTAG_DIRNAMES);
    const auto indexes = header.numbers(RPMTAG_DIRINDEXES);
    auto sizes = header.numbers(RPMTAG_LONGFILESIZES);
    if (sizes.size() != names.size()) {
        sizes = header.numbers(RPMTAG_FILESIZES);
    }
    const auto modes = header.numbers(RPMTAG_FILEMODES);
    const auto targets = header.texts(RPMTAG_FILELINKTOS);
    std::vector<core::PackageFile> list;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto mode = static_cast<mode_t>(at(modes, i));
        core::PackageFile file;
        file.path = at(folders, static_cast<std::size_t>(at(indexes, i))) + names[i];
        file.type = S_ISREG(mode)   ? PackageFileType::FILE
                    : S_ISDIR(mode) ? PackageFileType::FOLDER
                    : S_ISLNK(mode) ? PackageFileType::LINK
                                    : PackageFileType::OTHER;
        file.size = at(sizes, i);
        file.target = at(targets, i);
        list.push_back(std::move(file));
    }
    return list;
}

/// Hard links are files with the same inode. Those of the kind %ghost are in no payload.
std::vector<std::size_t> contents(const Header & header, const std::vector<core::PackageFile> & files) {
    const auto inodes = header.numbers(RPMTAG_FILEINODES);
    const auto devices = header.numbers(RPMTAG_FILEDEVICES);
    const auto flags = header.numbers(RPMTAG_FILEFLAGS);
    std::vector<std::size_t> list(files.size());
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::size_t> last;
    for (std::size_t i = files.size(); i-- > 0;) {
        const bool linked = files[i].type == PackageFileType::FILE && i < inodes.size() && inodes[i] != 0 &&
                            (at(flags, i) & RPMFILE_GHOST) == 0;
        list[i] = linked ? last.try_emplace({at(devices, i), inodes[i]}, i).first->second : i;
    }
    return list;
}

}  // namespace

core::Result<RpmHeader> read_rpm_header(std::string & blob, core::Package & package) {
    const std::scoped_lock lock(rpm_mutex());
    if (!rpm().library.problem().empty()) {
        return core::Error{ErrorCode::NO_LIBRARY, {}, 0, Part::NONE, 0, 0, {}, rpm().library.problem()};
    }
    const Header header(blob);
    if (!header.good()) {
        return core::malformed(Part::RPM_HEADER, 0);
    }
    package.name = header.text(RPMTAG_NAME);
    package.architecture = header.text(RPMTAG_ARCH);
    const auto epoch = header.numbers(RPMTAG_EPOCH);
    package.version = (epoch.empty() ? "" : std::to_string(epoch.front()) + ":") + header.text(RPMTAG_VERSION) + "-" +
                      header.text(RPMTAG_RELEASE);
    package.depends = relations(header, RPMTAG_REQUIRENAME, RPMTAG_REQUIREFLAGS, RPMTAG_REQUIREVERSION);
    package.provides = relations(header, RPMTAG_PROVIDENAME, RPMTAG_PROVIDEFLAGS, RPMTAG_PROVIDEVERSION);
    take_scripts(header, package);
    if (package.name.empty()) {
        return core::malformed(Part::RPM_HEADER, 0);
    }
    RpmHeader read{
        header.text(RPMTAG_PAYLOADFORMAT), compression(header.text(RPMTAG_PAYLOADCOMPRESSOR)), files(header), {}};
    read.content_of = contents(header, read.files);
    return read;
}

}  // namespace confgraph::package::io
