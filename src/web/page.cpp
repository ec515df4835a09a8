#include "web/page.hpp"

#include <array>
#include <fstream>
#include <iterator>

namespace blupow::web {

namespace {

struct File {
  std::string_view path;
  std::string_view name;
  std::string_view type;
};
constexpr std::array kFiles{
    File{"/", "index.html", "text/html; charset=utf-8"},
    File{"/app.js", "app.js", "text/javascript; charset=utf-8"},
    File{"/api.js", "api.js", "text/javascript; charset=utf-8"},
    File{"/cards.js", "cards.js", "text/javascript; charset=utf-8"},
    File{"/dialogs.js", "dialogs.js", "text/javascript; charset=utf-8"},
    File{"/style.css", "style.css", "text/css; charset=utf-8"},
    File{"/icon.svg", "icon.svg", "image/svg+xml"},
};

}  // namespace

Page::Page(const std::filesystem::path& folder) {
  for (const File& file : kFiles) {
    std::ifstream stream(folder / file.name, std::ios::binary);
    if (!stream) {
      trouble_ = "the page's file " + (folder / file.name).string() + " cannot be read";
      files_[std::string(file.path)] = errorAnswer(503, "The page is not installed: " + trouble_ + ".");
      continue;
    }
    files_[std::string(file.path)] = {.type = std::string(file.type), .body = textOf(std::string(std::istreambuf_iterator<char>(stream), {}))};
  }
}

std::optional<Answer> Page::file(std::string_view path) const {
  const auto file = files_.find(path);
  if (file == files_.end()) return std::nullopt;
  return file->second;
}

}  // namespace blupow::web
