# SPDX-License-Identifier: Apache-2.0
include(CMakeFindDependencyMacro)
find_dependency(confgraph CONFIG)
include("${CMAKE_CURRENT_LIST_DIR}/confgraph-packageTargets.cmake")
