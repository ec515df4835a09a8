// The files of the page, read once: nothing that a request says ever becomes a path.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "web/exchange.hpp"

namespace blupow::web {

class Page {
 public:
  explicit Page(const std::filesystem::path& folder);

  // "/", "/app.js" ...; nothing for what is no file of the page.
  std::optional<Answer> file(std::string_view path) const;
  // A sentence, where files are missing; else empty.
  const std::string& trouble() const { return trouble_; }

 private:
  std::map<std::string, Answer, std::less<>> files_;
  std::string trouble_;
};

}  // namespace blupow::web
