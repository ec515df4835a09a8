// A small text that outlives the program, in a file of its own. Reading blocks (once, at start); a save is written on the loop's worker. Loop thread.
#pragma once

#include <filesystem>
#include <string>

#include "runtime/loop.hpp"

namespace blupow::storage {

class TextFile {
 public:
  // The loop outlives the file.
  TextFile(runtime::Loop& loop, std::filesystem::path path) : loop_(loop), path_(std::move(path)) {}

  std::string load() const;  // empty: there is none, or it cannot be read

  // Replaces what was there. A failure is logged: what is lost is worth no more.
  void save(std::string text);

 private:
  runtime::Loop& loop_;
  std::filesystem::path path_;
};

}  // namespace blupow::storage
