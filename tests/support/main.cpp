// SPDX-License-Identifier: Apache-2.0
// Only for version 2 of Catch2, which has no library with a main function.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
