// Replaces a file so that at every moment, also after kill -9 or loss of power, either the old or the new content is there whole. Blocking.
#pragma once

#include <filesystem>
#include <string_view>

#include "core/failure.hpp"

namespace blupow::storage {

// Writes `<file>.new` beside it, fsync, rename, fsync of the folder (made when it is missing).
Result<> replaceFile(const std::filesystem::path& file, std::string_view text);

}  // namespace blupow::storage
