#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves that the checks in this folder can fail: each plants a violation in a copy of the project."""

import os
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True

import check_layers
import check_public_headers
import check_symbols

ROOT = Path(__file__).resolve().parents[2]
COMPILER = os.environ.get("CXX", "c++")


class Copy(unittest.TestCase):
    """A copy of what the checks look at."""

    def setUp(self) -> None:
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.root = Path(self.temporary.name).resolve()
        for library in check_layers.LIBRARIES:
            for part in ("include", "src"):
                shutil.copytree(ROOT / "lib" / library / part, self.root / "lib" / library / part)
            shutil.copy(ROOT / "lib" / library / "CMakeLists.txt", self.root / "lib" / library)
        shutil.copytree(ROOT / "tools", self.root / "tools")

    def append(self, name: str, text: str) -> None:
        with open(self.root / name, "a", encoding="utf-8") as file:
            file.write(text)


class Layers(Copy):
    def violates(self, name: str, include: str) -> None:
        """One include more, and one finding that names it."""
        with self.subTest(name=name, include=include):
            original = (self.root / name).read_text(encoding="utf-8")
            self.append(name, f"\n{include}\n")
            problems = check_layers.check(self.root)
            self.assertEqual(len(problems), 1, problems)
            self.assertTrue(problems[0].startswith(name + ":"), problems)
            (self.root / name).write_text(original, encoding="utf-8")

    def test_the_project_is_clean(self) -> None:
        self.assertEqual(check_layers.check(self.root), [])

    def test_core(self) -> None:
        for include in ('"io/file_system.hpp"', '"api/views.hpp"', "<filesystem>", "<fstream>", "<iostream>", "<unistd.h>",
                        "<sys/stat.h>", "<elf.h>", "<cstdlib>", "<chrono>", "<thread>", "<fmt/format.h>", '"../io/scan.hpp"',
                        '"core/../io/scan.hpp"', '"core/no_such.hpp"', '"graph.hpp"', "<confgraph/../../src/io/scan.hpp>",
                        '"confgraph/catalog.hpp"', "<cstdio>"):
            self.violates("lib/confgraph/src/core/graph.cpp", "#include " + include)
        self.violates("lib/confgraph/src/core/graph.hpp", "  #  include <unistd.h> // why not")
        self.violates("lib/confgraph/src/core/graph.hpp", "#include HEADER")
        self.violates("lib/confgraph/src/core/elf_image.hpp", "#include <elf.h>")

    def test_io(self) -> None:
        for include in ('"api/views.hpp"', "<fmt/format.h>", "<boost/any.hpp>", "<apr.h>", '"scan.hpp"', "<libaio.h>"):
            self.violates("lib/confgraph/src/io/scan.cpp", "#include " + include)

    def test_api(self) -> None:
        for include in ("<fmt/format.h>", '"values.hpp"', '"tools/common/output.hpp"'):
            self.violates("lib/confgraph/src/api/values.cpp", "#include " + include)

    def test_public_headers(self) -> None:
        for include in ('"core/catalog.hpp"', "<core/catalog.hpp>", '"catalog.hpp"', '"confgraph/catalog.hpp"', "<fmt/format.h>",
                        "<nlohmann/json.hpp>", "<unistd.h>", "<filesystem>", "<iostream>", "<confgraph/detail/x.hpp>"):
            self.violates("lib/confgraph/include/confgraph/plan.hpp", "#include " + include)

    def test_tools(self) -> None:
        for include in ('"core/catalog.hpp"', '"io/scan.hpp"', '"api/views.hpp"', "<core/catalog.hpp>", "<io/scan.hpp>",
                        '"../../lib/confgraph/src/core/catalog.hpp"', "<boost/any.hpp>", '"../a2query/options.hpp"',
                        '"a2query/options.hpp"', '"common/no_such.hpp"', '"no_such.hpp"'):
            self.violates("tools/a2enmod/main.cpp", "#include " + include)
        self.violates("tools/common/output.cpp", '#include "core/text.hpp"')

    def test_the_library_for_packages(self) -> None:
        for include in ("<unistd.h>", "<cstdlib>", "<gelf.h>", '"io/read_file.hpp"', '"core/catalog.hpp"', "<archive.h>"):
            self.violates("lib/confgraph-package/src/core/control.cpp", "#include " + include)
        self.violates("lib/confgraph-package/src/core/elf_file.hpp", "#include <libelf.h>")
        for include in ("<libelf.h>", '"api/views.hpp"', '"io/scan.hpp"', "<core/error.hpp>"):
            self.violates("lib/confgraph-package/src/io/read_file.cpp", "#include " + include)
        for include in ("<libelf.h>", '"core/error.hpp"', "<elf.h>"):
            self.violates("lib/confgraph-package/include/confgraph-package/binary.hpp", "#include " + include)
        for name in ("lib/confgraph/include/confgraph/plan.hpp", "lib/confgraph/src/core/graph.cpp",
                     "lib/confgraph/src/io/scan.cpp", "lib/confgraph/src/api/values.cpp", "tools/a2enmod/main.cpp",
                     "tools/a2query/main.cpp", "tools/a2mpm/main.cpp", "tools/common/output.cpp"):
            self.violates(name, "#include <confgraph-package/binary.hpp>")
            self.violates(name, "#include <libelf.h>")

    def test_a_new_layer_may_include_nothing(self) -> None:
        (self.root / "lib/confgraph/src/other").mkdir()
        (self.root / "lib/confgraph/src/other/a.hpp").write_text("#include <string>\n", encoding="utf-8")
        self.assertEqual(len(check_layers.check(self.root)), 1)

    def test_the_list_of_sources(self) -> None:
        self.append("lib/confgraph/src/core/unlisted.cpp", "")
        self.append("lib/confgraph/CMakeLists.txt", "\ntarget_sources(x PRIVATE src/core/gone.cpp)  # src/core/comment.cpp\n")
        self.append("lib/confgraph/CMakeLists.txt", "\ntarget_sources(x PRIVATE src/core/graph.cpp)\n")
        self.assertEqual(check_layers.check(self.root), ["lib/confgraph/CMakeLists.txt: src/core/gone.cpp does not exist",
                                                         "lib/confgraph/CMakeLists.txt: src/core/unlisted.cpp is not listed",
                                                         "lib/confgraph/CMakeLists.txt: src/core/graph.cpp is listed twice"])

    def test_an_empty_project_is_no_clean_one(self) -> None:
        shutil.rmtree(self.root / "tools")
        for library in check_layers.LIBRARIES:
            shutil.rmtree(self.root / "lib" / library / "src")
            shutil.rmtree(self.root / "lib" / library / "include")
            (self.root / "lib" / library / "CMakeLists.txt").write_text("", encoding="utf-8")
        self.assertEqual(len(check_layers.check(self.root)), 3)


class PublicHeaders(Copy):
    def test_a_header_that_needs_another(self) -> None:
        include = self.root / "lib/confgraph/include"
        (include / "confgraph/first.hpp").write_text("#pragma once\nstd::string text();\n", encoding="utf-8")
        (include / "confgraph/second.hpp").write_text("struct TwiceDefined {};\n", encoding="utf-8")
        for header in (include / "confgraph").glob("*.hpp"):
            if header.name not in ("first.hpp", "second.hpp", "location.hpp", "export.hpp"):
                header.unlink()
        problems = check_public_headers.check(COMPILER, "confgraph", [include])
        self.assertEqual([problem.split()[0] for problem in problems], ["confgraph/first.hpp", "confgraph/second.hpp"])

    def test_no_headers(self) -> None:
        self.assertEqual(len(check_public_headers.check(COMPILER, "confgraph", [self.root])), 1)


class Symbols(unittest.TestCase):
    GOOD = ["CONFGRAPH_0", "confgraph::Plan::steps() const", "typeinfo for confgraph::Plan", "vtable for confgraph::Plan",
            "confgraph::operator==(confgraph::Plan const&, confgraph::Plan const&)",
            "confgraph::Error::Error(std::shared_ptr<confgraph::core::Error const>)"]

    def test_public_names(self) -> None:
        self.assertEqual(check_symbols.problems_of(self.GOOD, "libconfgraph.so.0", "confgraph"), [])

    def test_others(self) -> None:
        for symbol in ("std::vector<confgraph::Step, std::allocator<confgraph::Step> >::~vector()", "confgraph::core::check(confgraph::core::Catalog const&)",
                       "confgraph::io::PosixFileSystem::info()", "vtable for confgraph::io::FileSystem", "main", "__odr_asan.x", "fmt::v9::format()",
                       "typeinfo for std::exception", "guard variable for confgraph::Plan::x", "xconfgraph::Plan", "CONFGRAPH_x"):
            with self.subTest(symbol=symbol):
                self.assertEqual(check_symbols.problems_of([*self.GOOD, symbol], "libconfgraph.so.0", "confgraph"), [f"exported: {symbol}"])

    def test_nothing(self) -> None:
        self.assertEqual(check_symbols.problems_of(["CONFGRAPH_0"], "libconfgraph.so.0", "confgraph"), ["nothing is exported"])

    def test_soname(self) -> None:
        for soname in ("", "libconfgraph.so", "libother.so.0", "libconfgraph-package.so.0"):
            self.assertEqual(len(check_symbols.problems_of(self.GOOD, soname, "confgraph")), 1)

    def test_the_library_for_packages(self) -> None:
        good = ["CONFGRAPH_PACKAGE_0", "confgraph::package::Module::source() const"]
        soname = "libconfgraph-package.so.0"
        self.assertEqual(check_symbols.problems_of(good, soname, "confgraph-package"), [])
        for symbol in ("confgraph::Plan::steps() const", "confgraph::package::core::find_machine(unsigned int)",
                       "confgraph::package::io::read_binary()", "CONFGRAPH_0", "elf_begin"):
            with self.subTest(symbol=symbol):
                self.assertEqual(check_symbols.problems_of([*good, symbol], soname, "confgraph-package"), [f"exported: {symbol}"])
        self.assertEqual(len(check_symbols.problems_of(good, "libconfgraph.so.0", "confgraph-package")), 1)


if __name__ == "__main__":
    unittest.main()
