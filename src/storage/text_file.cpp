#include "storage/text_file.hpp"

#include <spdlog/spdlog.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

#include "storage/atomic_file.hpp"

namespace blupow::storage {

std::string TextFile::load() const {
  std::ifstream stream(path_, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void TextFile::save(std::string text) {
  const auto result = std::make_shared<Result<>>();
  loop_.work(
      "write a text", [path = path_, text = std::move(text), result] { *result = replaceFile(path, text); },
      [result] {
        if (!*result) spdlog::warn("{}", result->error().text);
      });
}

}  // namespace blupow::storage
