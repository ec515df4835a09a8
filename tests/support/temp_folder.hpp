// A folder of the test's own, gone with it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace blupow::test {

class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

  // Writes a file below the folder and returns its path.
  std::filesystem::path write(std::string_view name, std::string_view text) const;

 private:
  std::filesystem::path path_;
};

std::string readFile(const std::filesystem::path& file);  // empty when it is not there

}  // namespace blupow::test
