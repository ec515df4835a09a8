#include "storage/atomic_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace blupow::storage {

namespace {

std::unexpected<Failure> failed(std::string_view what, const std::filesystem::path& file, int error) {
  return fail(FailureKind::retry_later, std::string(what) + ' ' + file.string() + ": " + std::generic_category().message(error));
}

class Descriptor {
 public:
  Descriptor(const std::filesystem::path& file, int flags) : number_(::open(file.c_str(), flags | O_CLOEXEC, 0644)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  bool open() const { return number_ >= 0; }
  bool write(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t written = ::write(number_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return false;
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }
  bool sync() const { return ::fsync(number_) == 0; }

 private:
  int number_;
};

Result<> writeWhole(const std::filesystem::path& file, std::string_view text) {
  const Descriptor descriptor(file, O_WRONLY | O_CREAT | O_TRUNC);
  if (!descriptor.open()) return failed("cannot open", file, errno);
  if (!descriptor.write(text) || !descriptor.sync()) return failed("cannot write", file, errno);
  return {};
}

}  // namespace

Result<> replaceFile(const std::filesystem::path& file, std::string_view text) {
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return failed("cannot make", folder, error.value());
  std::filesystem::path fresh = file;
  fresh += ".new";
  if (auto written = writeWhole(fresh, text); !written) return written;
  if (::rename(fresh.c_str(), file.c_str()) != 0) return failed("cannot replace", file, errno);
  const Descriptor descriptor(folder, O_RDONLY | O_DIRECTORY);
  // Some file systems (network shares) cannot sync a folder and say EINVAL: more is not to be had there.
  if (!descriptor.open() || (!descriptor.sync() && errno != EINVAL)) return failed("cannot sync", folder, errno);
  return {};
}

}  // namespace blupow::storage
