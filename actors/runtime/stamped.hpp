// A message with the time of its arrival: wraps one in seventeen on its way into a mailbox (an odd stride, so that
// bursts of 8, 16 or 64 are sampled at every place). Only watched.cpp uses it.
#pragma once

#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>
#include <cstdint>
#include <utility>

namespace stagecoach::runtime {

inline constexpr std::uint64_t sampling_stride = 17;

class stamped final : public caf::mailbox_element {
 public:
  stamped(caf::mailbox_element_ptr what, std::uint64_t arrived)
      : caf::mailbox_element(std::move(what->sender), what->mid, std::move(what->stages)),
        arrived_(arrived),
        inner_(std::move(what)) {}

  [[nodiscard]] std::uint64_t arrived() const { return arrived_; }

  caf::type_erased_tuple& content() override { return inner_->content(); }
  const caf::type_erased_tuple& content() const override { return std::as_const(*inner_).content(); }
  caf::message move_content_to_message() override { return inner_->move_content_to_message(); }
  caf::message copy_content_to_message() const override { return inner_->copy_content_to_message(); }

 private:
  std::uint64_t arrived_;
  caf::mailbox_element_ptr inner_;
};

}  // namespace stagecoach::runtime
