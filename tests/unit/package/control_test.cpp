// SPDX-License-Identifier: Apache-2.0
#include "core/control.hpp"

#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace confgraph::package::core;
using Names = std::vector<std::string>;

TEST_CASE("a field is found whatever its case, with the lines that continue it") {
    const std::string paragraph =
        "Package: libapache2-mod-x\n"
        "depends: apache2-api-20120211,\n"
        " libc6 (>= 2.34),\n"
        "\tlibx\n"
        "Description: Depends: not this\n"
        " Depends: nor this\n";
    CHECK(control_field(paragraph, "Depends") == " apache2-api-20120211, libc6 (>= 2.34),\tlibx");
    CHECK(control_field(paragraph, "Package") == " libapache2-mod-x");
    CHECK(control_field(paragraph, "Pre-Depends") == std::nullopt);
    CHECK(control_field(paragraph, "Depend") == std::nullopt);
    CHECK(control_field("", "Depends") == std::nullopt);
    CHECK(control_field("Depends", "Depends") == std::nullopt);
    CHECK(control_field("Depends:", "Depends") == "");
}

TEST_CASE("names are taken out of a list") {
    CHECK(package_names(" apache2-api-20120211, apache2-bin (>= 2.4.16)|httpd:any ,, a [amd64], ${x:y}") ==
          Names{"apache2-api-20120211", "apache2-bin", "httpd", "a"});
    CHECK(package_names("").empty());
    CHECK(package_names(" ,|, ").empty());
}

TEST_CASE("the names of the server's interface say its number") {
    CHECK(api_numbers({"libc6", "apache2-api-20120211", "apache2-api-20120211-openssl3", "apache2-api-20051115"}) ==
          std::vector<int>{20120211, 20051115});
    CHECK(api_numbers({"apache2-api-", "apache2-api-x", "apache2-api-20120211x", "apache2-api-99999999999",
                       "xapache2-api-20120211"})
              .empty());
    const Names names = {"apache2-api-20120211", "apache2-api-20051115-openssl1.0", "apache2-api-20120211-openssl3.5"};
    CHECK(openssl_variant(names, 20120211) == "apache2-api-20120211-openssl3.5");
    CHECK(openssl_variant(names, 20051115) == "apache2-api-20051115-openssl1.0");
    CHECK(openssl_variant(names, 20211221).empty());
    CHECK(depends_on_api(names));
    CHECK(depends_on_api({"libc6", "apache2-api-20120211"}));
    CHECK_FALSE(depends_on_api({"libc6", "apache2-api-", "apache2-api-20120211-openssl3", "apache2-api-x"}));
    CHECK_FALSE(depends_on_api({}));
}
