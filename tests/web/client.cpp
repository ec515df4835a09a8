#include "web/client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <stdexcept>

namespace blupow::web {

using Clock = std::chrono::steady_clock;

std::string Reply::header(const std::string& name) const {
  const std::size_t begin = head.find("\r\n" + name + ": ");
  if (begin == std::string::npos) return {};
  const std::size_t value = begin + name.size() + 4;
  return head.substr(value, head.find("\r\n", value) - value);
}

Client::Client(std::uint16_t port, int receive_buffer) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer > 0) setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error("no connection");
}

Client::~Client() { ::close(socket_); }

bool Client::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Client::more(std::chrono::milliseconds bound) {
  if (ended_) return false;
  pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
  if (poll(&waiting, 1, static_cast<int>(bound.count())) <= 0) return false;
  std::array<char, 65536> bytes{};
  const ssize_t count = recv(socket_, bytes.data(), bytes.size(), 0);
  if (count <= 0) {
    ended_ = true;
    return false;
  }
  received_.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

std::optional<std::string> Client::receiveUntil(std::string_view text) {
  std::size_t position = 0;
  while ((position = received_.find(text)) == std::string::npos) {
    if (!more(kClientBound)) return std::nullopt;
  }
  std::string taken = received_.substr(0, position + text.size());
  received_.erase(0, taken.size());
  return taken;
}

std::optional<Reply> Client::receive(bool has_body) {
  const auto head = receiveUntil("\r\n\r\n");
  if (!head) return std::nullopt;
  Reply reply{.head = *head};
  std::from_chars(head->data() + 9, head->data() + 12, reply.status);
  const std::string length = reply.header("Content-Length");
  std::size_t size = 0;
  std::from_chars(length.data(), length.data() + length.size(), size);
  if (!has_body) return reply;
  while (received_.size() < size) {
    if (!more(kClientBound)) return std::nullopt;
  }
  reply.body = received_.substr(0, size);
  received_.erase(0, size);
  return reply;
}

bool Client::hungUp(std::chrono::milliseconds bound) {
  const auto end = Clock::now() + bound;
  while (!ended_ && Clock::now() < end) more(std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()));
  return ended_;
}

}  // namespace blupow::web
