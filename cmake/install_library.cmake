# SPDX-License-Identifier: Apache-2.0

include(CMakePackageConfigHelpers)

# Installs a library, its headers in include/NAME, and what CMake and pkg-config find it by: NAMEConfig.cmake and NAME.pc.in
# lie beside the caller's CMakeLists.txt.
function(confgraph_install_library target name)
  set(cmake_folder ${CMAKE_INSTALL_LIBDIR}/cmake/${name})
  install(TARGETS ${target} EXPORT ${name}Targets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  )
  install(DIRECTORY include/${name} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

  write_basic_package_version_file(${name}ConfigVersion.cmake COMPATIBILITY SameMinorVersion)
  install(EXPORT ${name}Targets NAMESPACE confgraph:: DESTINATION ${cmake_folder})
  install(FILES ${name}Config.cmake ${CMAKE_CURRENT_BINARY_DIR}/${name}ConfigVersion.cmake
    DESTINATION ${cmake_folder}
  )

  file(RELATIVE_PATH CONFGRAPH_PREFIX_FROM_PC
    ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
  # Relative to the prefix wherever that is possible, so that an installed tree works wherever it lies.
  foreach(folder LIBDIR INCLUDEDIR)
    if(IS_ABSOLUTE ${CMAKE_INSTALL_${folder}})
      set(CONFGRAPH_PC_${folder} ${CMAKE_INSTALL_${folder}})
    else()
      set(CONFGRAPH_PC_${folder} "\${prefix}/${CMAKE_INSTALL_${folder}}")
    endif()
  endforeach()
  configure_file(${name}.pc.in ${name}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()
