#include "ble/refusing_bus.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>

#include "core/bytes.hpp"

namespace blupow::test {

namespace {

void word(Bytes& bytes, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<std::uint8_t>(value >> shift));
}

void align(Bytes& bytes, std::size_t to) {
  while (bytes.size() % to != 0) bytes.push_back(0);
}

void text(Bytes& bytes, std::string_view value) {
  word(bytes, static_cast<std::uint32_t>(value.size()));
  bytes.insert(bytes.end(), value.begin(), value.end());
  bytes.push_back(0);
}

// A header field: its code, the signature of its value, then the value (D-Bus specification, "Message Format").
void field(Bytes& fields, std::uint8_t code, char signature) {
  align(fields, 8);
  for (const auto byte : {code, std::uint8_t{1}, static_cast<std::uint8_t>(signature), std::uint8_t{0}}) fields.push_back(byte);
}

Bytes accessDenied(std::uint32_t to) {
  Bytes fields;  // they begin at offset 16 of the message: aligned as they are
  field(fields, 4, 's');
  text(fields, "org.freedesktop.DBus.Error.AccessDenied");
  field(fields, 5, 'u');
  word(fields, to);
  field(fields, 8, 'g');
  for (const char byte : {'\1', 's', '\0'}) fields.push_back(static_cast<std::uint8_t>(byte));
  Bytes body;
  text(body, "An AppArmor policy prevents this sender from sending this message to this recipient");
  Bytes message = {'l', 3, 1, 1};  // little endian, an error, no reply expected, version 1
  word(message, static_cast<std::uint32_t>(body.size()));
  word(message, 1);
  word(message, static_cast<std::uint32_t>(fields.size()));
  message.insert(message.end(), fields.begin(), fields.end());
  align(message, 8);
  message.insert(message.end(), body.begin(), body.end());
  return message;
}

void say(int socket, ByteView bytes) { static_cast<void>(::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL)); }

// sd-bus sends its whole handshake and Hello at once; the answers' order is fixed.
void refuse(int socket) {
  std::string heard;
  std::array<char, 4096> buffer{};
  constexpr std::string_view kBegin = "BEGIN\r\n";
  bool agreed = false;
  while (true) {
    const auto length = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (length <= 0) return;
    heard.append(buffer.data(), static_cast<std::size_t>(length));
    const auto begin = heard.find(kBegin);
    if (begin != std::string::npos && !agreed) {
      constexpr std::string_view kAgreed = "DATA\r\nOK 0123456789abcdef0123456789abcdef\r\nAGREE_UNIX_FD\r\n";
      say(socket, {reinterpret_cast<const std::uint8_t*>(kAgreed.data()), kAgreed.size()});
      agreed = true;
    }
    if (begin == std::string::npos || heard.size() < begin + kBegin.size() + 12) continue;
    std::uint32_t serial = 0;
    std::memcpy(&serial, heard.data() + begin + kBegin.size() + 8, sizeof(serial));
    say(socket, accessDenied(serial));
    heard.clear();
  }
}

}  // namespace

RefusingBus::RefusingBus() : listening_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un where{.sun_family = AF_UNIX, .sun_path = {}};
  const auto path = (folder_ / "bus").string();
  std::strncpy(where.sun_path, path.c_str(), sizeof(where.sun_path) - 1);
  if (::bind(listening_, reinterpret_cast<const sockaddr*>(&where), sizeof(where)) != 0 || ::listen(listening_, 8) != 0) {
    throw std::runtime_error("cannot listen on " + path);
  }
  thread_ = std::thread([this] { serve(); });
}

RefusingBus::~RefusingBus() {
  ::shutdown(listening_, SHUT_RDWR);  // ends accept()
  thread_.join();
  ::close(listening_);
}

void RefusingBus::serve() const {
  while (true) {
    const int peer = ::accept(listening_, nullptr, nullptr);
    if (peer < 0) return;
    refuse(peer);
    ::close(peer);
  }
}

}  // namespace blupow::test
