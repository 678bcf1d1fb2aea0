// SPDX-License-Identifier: Apache-2.0
#include "core/instance.hpp"
#include "support/catch.hpp"

#include <string>

using namespace confgraph;
using core::InstanceRecord;
using core::parse_record;
using core::write_record;

namespace {

InstanceRecord sample(InstanceRecord::State state) {
    return {.state = state,
            .name = "web",
            .things = {{.code = InstanceStepCode::MAKE_FOLDER, .path = "/var/log/apache2-web"},
                       {.code = InstanceStepCode::MAKE_FOLDER, .path = "/usr/local/sbin", .shared = true},
                       {.code = InstanceStepCode::WRITE_FILE, .path = "/etc/logrotate.d/apache2-web"},
                       {.code = InstanceStepCode::MAKE_LINK,
                        .path = "/usr/local/sbin/a2enmod-web",
                        .target = "/usr/a b/a2enmod"}}};
}

}  // namespace

TEST_CASE("a record is read as it was written") {
    for (const auto state :
         {InstanceRecord::State::MAKING, InstanceRecord::State::MADE, InstanceRecord::State::REMOVING}) {
        const auto read = parse_record(write_record(sample(state)));
        REQUIRE(read);
        CHECK(read->state == state);
        CHECK(read->name == "web");
        CHECK(read->things == sample(state).things);
    }
}

TEST_CASE("a record that ends early is none") {
    const std::string text = write_record(sample(InstanceRecord::State::MADE));
    // Without the last newline it says the same.
    for (std::size_t length = 0; length + 1 < text.size(); ++length) {
        INFO(length);
        CHECK_FALSE(parse_record(text.substr(0, length)));
    }
}

TEST_CASE("what is no record") {
    for (const std::string text :
         {"", "confgraph instance 2 made\nend\n", "confgraph instance 1 new\nend\n",
          "confgraph instance 1 made\nfile a\nend\n", "confgraph instance 1 made\nlink /a\nend\n",
          "confgraph instance 1 made\nfolder ../a\nend\n", "confgraph instance 1 made\nfolder /\nend\n",
          "confgraph instance 1 made\nfolder /..\nend\n", "confgraph instance 1 made\nfolder /a/..\nend\n",
          "confgraph instance 1 made\nfolder /a/../b\nend\n", "confgraph instance 1 made\nfile /a/\nend\n",
          "confgraph instance 1 made\nlink /a/. -> b\nend\n", "end\n"}) {
        INFO(text);
        CHECK_FALSE(parse_record(text));
    }
}
