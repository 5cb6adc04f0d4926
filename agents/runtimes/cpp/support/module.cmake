# Makes one module of the libraries of a project. CMake includes it after each `project()` of the user's text, and what
# stands in link.cmake runs when the whole text was read.
include_guard(GLOBAL)
if(CMAKE_VERSION VERSION_LESS 3.19)
  message(FATAL_ERROR "CMake 3.19 or newer is needed to build this, and this agent has ${CMAKE_VERSION}")
endif()
enable_language(CXX)

# A library of its own file would be gone with the folder that it was built in: CMake makes archives of them.
set_property(GLOBAL PROPERTY TARGET_SUPPORTS_SHARED_LIBS FALSE)

cmake_language(DEFER DIRECTORY "${CMAKE_SOURCE_DIR}" CALL include "${POLYGLOT_SOURCE}/support/link.cmake")
