#include "storage/json_device_store.hpp"

#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "storage/atomic_file.hpp"

namespace blupow::storage {

namespace {

std::optional<std::string> readAll(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  if (!stream || stream.bad()) return std::nullopt;
  return text;
}

}  // namespace

JsonDeviceStore::JsonDeviceStore(runtime::Loop& loop, const std::filesystem::path& folder) : loop_(loop), path_(folder / "devices.json") {}

LoadedDevices JsonDeviceStore::load(const profile::Catalogue& catalogue) {
  std::error_code error;
  if (std::filesystem::symlink_status(path_, error).type() == std::filesystem::file_type::not_found) return {};
  const auto text = std::filesystem::is_regular_file(path_, error) ? readAll(path_) : std::nullopt;
  if (!text) return {.notes = {setAside("it cannot be read")}};
  auto file = DeviceFile::parse(*text, catalogue);
  if (!file) return {.notes = {setAside(file.error())}};
  file_ = std::move(*file);
  return {.devices = file_.devices(), .notes = file_.notes()};
}

std::string JsonDeviceStore::setAside(const std::string& why) {
  std::filesystem::path aside = path_;
  aside += ".broken";
  std::error_code error;
  std::filesystem::rename(path_, aside, error);
  if (error) {
    in_the_way_ = path_.string() + " is no list of devices (" + why + ") and could not be renamed: " + error.message();
    return in_the_way_ + ".";
  }
  return path_.string() + " is no list of devices (" + why + "): renamed to " + aside.string() + ", starting without it.";
}

void JsonDeviceStore::save(std::vector<gateway::StoredDevice> devices, std::move_only_function<void(Result<>)> done) {
  if (!in_the_way_.empty()) {
    loop_.post("write devices.json", [why = in_the_way_, done = std::move(done)]() mutable { done(fail(FailureKind::retry_later, why)); });
    return;
  }
  const auto result = std::make_shared<Result<>>();
  loop_.work(
      "write devices.json", [path = path_, text = file_.rewrite(devices), result] { *result = replaceFile(path, text); },
      [result, done = std::move(done)]() mutable { done(std::move(*result)); });
}

}  // namespace blupow::storage
