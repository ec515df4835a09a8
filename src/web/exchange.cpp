#include "web/exchange.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

namespace blupow::web {

namespace {

struct Status {
  unsigned code;
  std::string_view words;
};
constexpr std::array kStatuses{
    Status{200, "OK"},
    Status{400, "Bad Request"},
    Status{403, "Forbidden"},
    Status{404, "Not Found"},
    Status{405, "Method Not Allowed"},
    Status{413, "Payload Too Large"},
    Status{415, "Unsupported Media Type"},
    Status{421, "Misdirected Request"},
    Status{431, "Request Header Fields Too Large"},
    Status{503, "Service Unavailable"},
};

std::string_view wordsOf(unsigned code) {
  const auto* const status = std::ranges::find(kStatuses, code, &Status::code);
  return status == kStatuses.end() ? "Unknown" : status->words;
}

// Only our own files and our own interface, no inline script or style, no form that leaves; in a frame of the same origin, which is Home Assistant's.
// Nothing may become markup: the page has no Trusted Types policy.
constexpr std::string_view kSafety =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()\r\n"
    "Cache-Control: no-store\r\n";

}  // namespace

Answer errorAnswer(unsigned status, const std::string& sentence) {
  return {.status = status, .body = textOf(nlohmann::json{{"error", sentence}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n")};
}

std::string headOf(const Answer& answer, bool keep_alive) {
  std::string head = "HTTP/1.1 " + std::to_string(answer.status) + ' ' + std::string(wordsOf(answer.status)) + "\r\n";
  head += "Content-Type: " + answer.type + "\r\n";
  // A stream has no length: it lasts until one of the two closes it.
  if (!answer.stream) head += "Content-Length: " + std::to_string(answer.body ? answer.body->size() : 0) + "\r\n";
  if (!answer.allow.empty()) head += "Allow: " + answer.allow + "\r\n";
  head += kSafety;
  if (answer.stream) head += "X-Accel-Buffering: no\r\n";
  head += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return head;
}

}  // namespace blupow::web
