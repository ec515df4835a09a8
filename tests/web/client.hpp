// A client of HTTP as bare as can be: bytes out, bytes in, every wait bounded. For what a well-behaved library would never send.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace blupow::web {

inline constexpr std::chrono::milliseconds kClientBound = std::chrono::seconds(20);

struct Reply {
  int status = 0;
  std::string head;
  std::string body;

  // Value of a header, by its name as written; empty if it is not there.
  std::string header(const std::string& name) const;
};

class Client {
 public:
  explicit Client(std::uint16_t port, int receive_buffer = 0);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // False: the other side has hung up.
  bool send(std::string_view bytes) const;
  // One answer with its body by its Content-Length; nothing when the connection ended before it was whole.
  std::optional<Reply> receive(bool has_body = true);
  // Until the text has come; all that came up to its end and is not taken yet.
  std::optional<std::string> receiveUntil(std::string_view text);
  // Until the other side hangs up, within the bound.
  bool hungUp(std::chrono::milliseconds bound = kClientBound);

 private:
  bool more(std::chrono::milliseconds bound);

  int socket_ = -1;
  std::string received_;
  bool ended_ = false;
};

}  // namespace blupow::web
