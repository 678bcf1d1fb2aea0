// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace confgraph::core {

/// A path without empty and "." parts. ".." parts stay, since what they mean depends on links.
std::string clean_path(std::string_view path);

/// An absolute path: the path itself, or below the working directory.
std::string absolute_path(std::string_view path, std::string_view working_directory);

/// The last part of a path: all of it where there is no slash.
std::string_view last_part(std::string_view path);

/// The folder that something lies in, by its path alone: "." where there is no slash. The path does not end in one.
std::string parent_folder(std::string_view path);

/// The way from a folder to another folder, by their names alone; both absolute.
std::string relative_path(std::string_view to, std::string_view from_folder);

}  // namespace confgraph::core
