#pragma once
// Node: a YAML document as a plain tree that remembers where each value stood, so that every message can say it.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace facet::config {

/// Value type. A scalar keeps its text; typing is the reader's (config/options.h).
struct Node {
    Node() = default;  // declared: clang 14 asks for it before the type is complete otherwise
    enum class Kind { null, scalar, list, map };
    Kind kind = Kind::null;
    std::string scalar;
    std::vector<Node> items;                            ///< of a list
    std::vector<std::pair<std::string, Node>> members;  ///< of a map, in the order of the file; keys are unique
    int line = 0;                                       ///< from 1; 0 where the node came from no file
    std::string file;                                   ///< of the document; "" where it came from no file

    const Node* find(std::string_view key) const;
    /// "config.yaml:12" or, without a file, "config".
    std::string place() const;
};

/// Parses one YAML document. Errors name `file` and the line: syntax, repeated keys, keys that are not scalars, more than
/// 1 MiB, nesting deeper than 64, aliases that would expand to more than 100,000 nodes. `${NAME}` in scalars is replaced by
/// `environment(NAME)`; a name that is not set is an error.
using Environment = const char* (*)(const char* name);
Result<Node> parse_yaml(std::string_view text, const std::string& file, Environment environment);

/// Reads and parses a file with the process's environment.
Result<Node> load_yaml(const std::string& path);

/// The text of the tree as JSON; for tests and for `--json`.
std::string to_json(const Node& node);

}  // namespace facet::config
