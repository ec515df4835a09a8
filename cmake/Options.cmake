# What holds for every target: language, warnings, sanitizers, compiler cache.

option(BLUPOW_TESTS "Build the tests" OFF)
option(BLUPOW_COVERAGE "Measure line coverage" OFF)
set(BLUPOW_SANITIZE "" CACHE STRING "Sanitizers, comma separated: address,undefined or thread")

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")

# Line tables are enough for sanitizer reports; -O0 compiles three to five times faster than -O1 -g.
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

# base_dir rewrites absolute paths and hash_dir=false ignores the folder, so that a fresh clone elsewhere still hits.
find_program(BLUPOW_CCACHE ccache)
if(BLUPOW_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
      "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=true
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime "${BLUPOW_CCACHE}")
endif()

add_library(blupow_options INTERFACE)
target_compile_options(blupow_options INTERFACE
  -Wall -Wextra -Wpedantic -Werror  # our own code compiles without a warning
  -Wshadow                          # a name means one thing in a scope
  -Wconversion -Wsign-conversion    # words and bytes are mixed all day: each narrowing is written down
  -Wnon-virtual-dtor -Woverloaded-virtual
  -Wformat=2
  -Wno-maybe-uninitialized          # g++ 12 at -O2 takes an empty std::optional for one that is read
  -Wno-missing-field-initializers   # designated initialisers leave the rest at its default on purpose
  -fno-omit-frame-pointer)
if(BLUPOW_SANITIZE)
  target_compile_options(blupow_options INTERFACE "-fsanitize=${BLUPOW_SANITIZE}" -fno-sanitize-recover=all)
  if(BLUPOW_SANITIZE MATCHES "thread")
    target_compile_options(blupow_options INTERFACE -Wno-tsan)  # Asio has a fence, of which ThreadSanitizer knows nothing
  endif()
  target_link_options(blupow_options INTERFACE "-fsanitize=${BLUPOW_SANITIZE}")
endif()
if(BLUPOW_COVERAGE)
  target_compile_options(blupow_options INTERFACE --coverage)
  target_link_options(blupow_options INTERFACE --coverage)
endif()

# Library headers are not ours to warn about.
set(CMAKE_NO_SYSTEM_FROM_IMPORTED OFF)
