#include "config/node.h"

#include <yaml-cpp/yaml.h>

#include <cstdlib>

#include "base/file.h"

namespace facet::config {

namespace {

constexpr std::size_t kDocumentBytesMax = 1 << 20;
constexpr int kDepthMax = 64;
constexpr std::size_t kNodesMax = 100'000;

struct Reader {
    const std::string& file;
    Environment environment;
    std::size_t nodes = 0;

    tl::unexpected<Error> fail_at(int line, std::string_view message) const {
        return fail(ErrorCode::invalid_argument, "{}:{}: {}", file, line, message);
    }

    Result<std::string> substituted(const std::string& text, int line) const {
        std::string out;
        for (std::size_t at = 0; at < text.size();) {
            const auto begin = text.find("${", at);
            if (begin == std::string::npos) return out + text.substr(at);
            const auto end = text.find('}', begin);
            if (end == std::string::npos) return fail_at(line, fmt::format("'{}': ${{ without }}", text));
            const std::string variable = text.substr(begin + 2, end - begin - 2);
            const char* value = environment(variable.c_str());
            if (!value) return fail_at(line, fmt::format("environment variable '{}' is not set", variable));
            out += text.substr(at, begin - at) + value;
            at = end + 1;
        }
        return out;
    }

    Result<Node> read(const YAML::Node& yaml, int depth) {
        Node node;
        node.file = file;
        node.line = yaml.Mark().line + 1;
        if (depth > kDepthMax) return fail_at(node.line, fmt::format("nested deeper than {} levels", kDepthMax));
        if (++nodes > kNodesMax) return fail_at(node.line, fmt::format("more than {} values", kNodesMax));
        if (yaml.IsScalar()) {
            node.kind = Node::Kind::scalar;
            FACET_TRY(node.scalar, substituted(yaml.Scalar(), node.line));
        } else if (yaml.IsSequence()) {
            node.kind = Node::Kind::list;
            for (const auto& item : yaml) {
                FACET_TRY(auto child, read(item, depth + 1));
                node.items.push_back(std::move(child));
            }
        } else if (yaml.IsMap()) {
            node.kind = Node::Kind::map;
            for (const auto& member : yaml) {
                const int line = member.first.Mark().line + 1;
                if (!member.first.IsScalar()) return fail_at(line, "a key must be a plain word");
                if (node.find(member.first.Scalar()))
                    return fail_at(line, fmt::format("key '{}' is given twice", member.first.Scalar()));
                FACET_TRY(auto child, read(member.second, depth + 1));
                if (child.line <= 0) child.line = line;
                node.members.emplace_back(member.first.Scalar(), std::move(child));
            }
        }
        return node;
    }
};

void append_json(const Node& node, std::string& out) {
    const auto quote = [&out](std::string_view text) {
        out += '"';
        for (const char character : text) {
            if (character == '"' || character == '\\') out += '\\';
            if (static_cast<unsigned char>(character) < 0x20)
                out += fmt::format("\\u{:04x}", static_cast<int>(character));
            else
                out += character;
        }
        out += '"';
    };
    switch (node.kind) {
        case Node::Kind::null: out += "null"; break;
        case Node::Kind::scalar: quote(node.scalar); break;
        case Node::Kind::list:
            out += '[';
            for (std::size_t i = 0; i < node.items.size(); ++i) {
                if (i > 0) out += ',';
                append_json(node.items[i], out);
            }
            out += ']';
            break;
        case Node::Kind::map:
            out += '{';
            for (std::size_t i = 0; i < node.members.size(); ++i) {
                if (i > 0) out += ',';
                quote(node.members[i].first);
                out += ':';
                append_json(node.members[i].second, out);
            }
            out += '}';
            break;
    }
}

}  // namespace

const Node* Node::find(std::string_view key) const {
    for (const auto& [name, value] : members)
        if (name == key) return &value;
    return nullptr;
}

std::string Node::place() const {
    if (file.empty()) return "config";
    return line > 0 ? fmt::format("{}:{}", file, line) : file;
}

Result<Node> parse_yaml(std::string_view text, const std::string& file, Environment environment) {
    if (text.size() > kDocumentBytesMax)
        return fail(ErrorCode::resource_exhausted, "{}: {} bytes, expected at most {}", file, text.size(),
                    kDocumentBytesMax);
    try {
        Reader reader{file, environment};
        FACET_TRY(auto node, reader.read(YAML::Load(std::string(text)), 0));
        node.file = file;
        return node;
    } catch (const YAML::Exception& exception) {
        return fail(ErrorCode::invalid_argument, "{}:{}: {}", file, exception.mark.line + 1, exception.msg);
    }
}

Result<Node> load_yaml(const std::string& path) {
    FACET_TRY(const auto text, read_file(path, kDocumentBytesMax));
    return parse_yaml(text, path, [](const char* name) -> const char* { return std::getenv(name); });
}

std::string to_json(const Node& node) {
    std::string out;
    append_json(node, out);
    return out;
}

}  // namespace facet::config
