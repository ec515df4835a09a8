#include "gateway/saver.hpp"

#include <utility>

#include "gateway/log.hpp"

namespace blupow::gateway {

namespace {

constexpr Duration kRetry = std::chrono::minutes(1);

}  // namespace

Saver::Saver(runtime::Loop& loop, DeviceStore& store, std::function<std::vector<StoredDevice>()> list)
    : loop_(loop), store_(store), list_(std::move(list)), self_(std::make_shared<Saver*>(this)) {}

void Saver::save(Done done) {
  dirty_ = true;
  if (done) waiting_.push_back(std::move(done));
  if (!saving_) soon_ = loop_.at(loop_.now(), "save devices", [this] { begin(); });
}

void Saver::begin() {
  if (saving_) return;
  saving_ = true;
  dirty_ = false;
  pending_ = std::exchange(waiting_, {});
  store_.save(list_(), [self = std::weak_ptr(self_)](const Result<>& result) {
    if (const auto alive = self.lock()) (*alive)->finished(result);
  });
}

void Saver::finished(const Result<>& result) {
  saving_ = false;
  const std::string trouble = result ? std::string() : result.error().text;
  if (trouble != trouble_)
    log(LogLevel::warning, trouble.empty() ? "the list of devices can be saved again" : "the list of devices cannot be saved: " + trouble);
  trouble_ = trouble;
  if (dirty_) {
    soon_ = loop_.at(loop_.now(), "save devices", [this] { begin(); });
  } else if (!result) {
    dirty_ = true;
    soon_ = loop_.at(loop_.now() + kRetry, "save devices", [this] { begin(); });
  }
  for (Done& done : std::exchange(pending_, {})) done(result);
}

}  // namespace blupow::gateway
