// One setting on its way into a device: written, read back, and judged by what was read. Pure; who sends the requests is Session. request(), then
// written() or read() in turn until over().
//
// The write goes out once. Only a setting that the device may not follow at once (the load switch) is written again, at most twice, and only after a
// read-back that still shows the old value. After silence the read-back decides as well.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/failure.hpp"
#include "core/time.hpp"
#include "modbus/frame.hpp"
#include "profile/encode.hpp"
#include "profile/profile.hpp"
#include "profile/value.hpp"

namespace blupow::device {

class SettingWriter {
 public:
  static constexpr int kWrites = 3;                               // of a setting that the device may not follow at once
  static constexpr Duration kSettle = std::chrono::seconds(1);    // from a read-back that still shows the old value to the second look
  static constexpr std::size_t kMostHeard = std::size_t{4} * 64;  // bytes that are searched for an echo of something else

  // Of the unit that is asked by this id; or the reason why nothing is written.
  static std::expected<SettingWriter, std::string> make(const profile::Profile& variant, std::uint8_t id, std::string_view key, std::string_view text,
                                                        const profile::Readings& readings);

  bool writes() const { return stage_ == Stage::write; }  // else the block is to be read back
  const profile::Block& block() const { return block_; }
  modbus::Request request() const;  // not when over
  TimePoint from() const { return from_; }

  void begun();                // the request goes out
  void heard(ByteView bytes);  // whatever comes while the write's echo is awaited
  void written(const Result<modbus::Answer>& result);
  void read(const profile::Readings& readings, TimePoint now);  // what the unit says after the read-back
  void notRead(const Failure& failure);

  bool over() const { return stage_ == Stage::over; }
  const std::string& failure() const { return failure_; }  // empty: written and read back

 private:
  enum class Stage : std::uint8_t { write, look, over };

  SettingWriter(const profile::Field& field, const profile::Block& block, std::uint8_t id, profile::SettingWrite write, profile::Value before);
  void end(std::string failure);
  std::string otherEcho() const;
  std::string differs(const profile::Readings& readings, const profile::Value& shown, bool old) const;
  bool same(const profile::Value& one, const profile::Value& other) const;
  std::string words(const profile::Value& value) const;

  profile::Field field_;
  profile::Block block_;
  std::uint8_t id_;
  profile::SettingWrite write_;
  profile::Value before_;

  Stage stage_ = Stage::write;
  TimePoint from_{};
  int writes_ = 0;
  bool looked_ = false;  // the old value was seen once after this write
  bool reread_ = false;  // the read-back was corrupt once
  std::string doubt_;    // why the write is not known to have arrived; empty: its echo came
  std::string other_;    // what was echoed instead
  Bytes heard_;
  std::string failure_;
};

}  // namespace blupow::device
