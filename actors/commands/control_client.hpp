// The command line's side of the control socket (docs/formats/control.md): one question, one answer, then the
// connection ends. Blocking, with a deadline.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "actors/commands/exit_code.hpp"
#include "messages/api/control.hpp"
#include "protocols/base/json_read.hpp"
#include "protocols/base/json_write.hpp"
#include "protocols/base/result.hpp"

namespace stagecoach::commands {

inline constexpr std::size_t answer_bytes_max = 64 << 20;

// Why there is no answer, ready to be told.
struct refusal {
  exit_code code = exit_code::failed;
  std::string what;
  std::string hint;
};

// `parameters` and the answer are JSON objects.
[[nodiscard]] result<std::string, refusal> ask_server(const std::filesystem::path& directory, std::string_view method,
                                                      std::string_view parameters);

// A method of messages/api/control.hpp, by its question.
template <class Question>
[[nodiscard]] result<api::control_answer_of<Question>, refusal> ask_server(const std::filesystem::path& directory,
                                                                           const Question& question) {
  using answer_type = api::control_answer_of<Question>;
  auto text = ask_server(directory, api::control_method_of<Question>.name, std::string_view(write_json(question)));
  if (!text) return text.error();
  // A newer server may say more than this program knows.
  auto answer = read_json<answer_type>(*text, json_limits{answer_bytes_max, unknown_members::skip});
  if (!answer)
    return refusal{exit_code::failed, "the server's answer is not understood: " + fault_text(answer.error()), ""};
  return *answer;
}

}  // namespace stagecoach::commands
