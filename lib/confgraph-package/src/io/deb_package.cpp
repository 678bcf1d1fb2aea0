// SPDX-License-Identifier: Apache-2.0
#include "io/package_formats.hpp"

#include "core/ar.hpp"
#include "io/block_content.hpp"
#include "io/unpacker.hpp"

#include <array>
#include <optional>
#include <utility>

namespace confgraph::package::io {

namespace {

constexpr std::array<std::string_view, 5> SCRIPTS = {"config", "preinst", "postinst", "prerm", "postrm"};

Packed packed(Source & source, const core::ArMember & member) {
    const auto dot = member.name.rfind('.');
    const std::string suffix = member.name.substr(dot + 1);
    return {&source, member.offset, member.size, member.name, suffix == "tar" ? "" : suffix};
}

/// Goes through a tar archive.
core::Result<bool> for_each(
    Source & source, const core::ArMember & member, std::uint64_t max_bytes,
    const std::function<core::Result<bool>(core::PackageFile file, core::Content & content)> & take) {
    const auto opened = Unpacker::open(packed(source, member), Unpacker::Kind::TAR, max_bytes);
    if (!opened) {
        return opened.error();
    }
    Unpacker & unpacker = *opened.value();
    for (;;) {
        auto more = unpacker.next_entry();
        if (!more || !more.value()) {
            return more;
        }
        core::PackageFile file = unpacker.file();
        if (file.path.empty()) {
            return member_error(ErrorCode::BAD_MEMBER_NAME, Part::MEMBER, 0, unpacker.name());
        }
        BlockContent content(unpacker);
        auto taken = take(std::move(file), content);
        if (content.error()) {
            return *content.error();
        }
        if (!taken) {
            return taken;
        }
    }
}

bool is_script(std::string_view name) {
    for (const std::string_view script : SCRIPTS) {
        if (script == name) {
            return true;
        }
    }
    return false;
}

}  // namespace

core::Result<bool> read_deb(Source & source, const core::Limits & limits, core::Package & package,
                            const core::Visit & visit) {
    const auto members = core::find_deb_members(
        [&](std::uint64_t offset, std::size_t bytes) { return source.text_at(offset, bytes); }, source.size());
    if (!members) {
        return members.error();
    }
    const core::ArMember & control_member = members.value().control;
    std::optional<std::string> control;
    std::uint64_t count = 0;
    const auto described = for_each(
        source, control_member, limits.control_bytes,
        [&](const core::PackageFile & file, core::Content & content) -> core::Result<bool> {
            if (++count > limits.files) {
                return member_error(ErrorCode::TOO_MUCH, Part::UNPACKED, 0, control_member.name);
            }
            const std::string name = file.path.substr(1);
            if (file.type != PackageFileType::FILE || (name != "control" && name != "triggers" && !is_script(name))) {
                return true;
            }
            std::string text;
            for (std::string_view part = content.next(); !part.empty(); part = content.next()) {
                text.append(part);
            }
            if (name == "control") {
                control = std::move(text);
            } else if (name == "triggers") {
                package.triggers = core::parse_triggers(text);
            } else {
                package.scripts.push_back({name, std::move(text)});
            }
            return true;
        });
    if (!described) {
        return described.error();
    }
    if (!control || !core::take_control(*control, package)) {
        return member_error(ErrorCode::MALFORMED, Part::MEMBER, control_member.offset, control_member.name);
    }
    return for_each(source, members.value().data, limits.unpacked_of(source.size()),
                    [&](core::PackageFile file, core::Content & content) {
                        return take_file(std::move(file), limits, content, package, visit);
                    });
}

}  // namespace confgraph::package::io
