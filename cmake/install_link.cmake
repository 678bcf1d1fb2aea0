# SPDX-License-Identifier: Apache-2.0

# Installs a link of some name to a file, as a link: made in the build folder, so that every way of installing treats it
# like any other file.
function(confgraph_install_link target name folder)
  set(link ${CMAKE_CURRENT_BINARY_DIR}/links/${name})
  file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/links)
  file(CREATE_LINK ${target} ${link} SYMBOLIC)
  install(FILES ${link} DESTINATION ${folder})
endfunction()
