// A request and its answer, as far as they count here, without the library that carries them. Plain values.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace blupow::web {

enum class Method : std::uint8_t { get, head, post, other };

// Texts as they came; empty: not there.
struct Request {
  Method method = Method::get;
  std::string target;  // "/api/state?x=1"
  std::string host;
  std::string content_type;
  std::string origin;
  std::string fetch_site;  // Sec-Fetch-Site
  bool marked = false;     // the header X-BluPow is there
  std::string body;
};

using Text = std::shared_ptr<const std::string>;

struct Answer {
  unsigned status = 200;
  std::string type = "application/json";
  Text body;
  std::string allow;    // of a 405: the methods that there are
  bool stream = false;  // the body is the beginning of an event stream
};

inline Text textOf(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

// {"error": sentence}
Answer errorAnswer(unsigned status, const std::string& sentence);

// Status line and headers up to the empty line, the same for a HEAD.
std::string headOf(const Answer& answer, bool keep_alive);

}  // namespace blupow::web
