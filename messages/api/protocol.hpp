// What the pages are compiled from: the API in TypeScript, made of the described structs; and its documentation.
#pragma once

#include <string>
#include <string_view>

namespace stagecoach::api {

// Interfaces, parsers that check, and a table of the methods: webmail/shared/api.ts.
[[nodiscard]] std::string typescript();
// Methods with their fields and an example each: docs/api.md.
[[nodiscard]] std::string documentation();
// Another one whenever the TypeScript is another one: a page that was loaded before knows that it is old.
[[nodiscard]] std::string_view protocol();

}  // namespace stagecoach::api
