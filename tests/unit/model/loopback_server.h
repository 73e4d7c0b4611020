#pragma once
// A small HTTP server on the loopback, that misbehaves as it is told.

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace facet::tests {

/// What the server does with one connection.
struct Reply {
    std::string text;   ///< sent as it is: status line, headers, body
    bool hang = false;  ///< then says nothing until the client goes
};

class LoopbackServer {
public:
    /// `answer` is called for each connection with the text of its request and its number from 0.
    using Answer = std::function<Reply(const std::string& request, int number)>;

    explicit LoopbackServer(Answer answer);
    ~LoopbackServer();
    LoopbackServer(const LoopbackServer&) = delete;
    LoopbackServer& operator=(const LoopbackServer&) = delete;

    /// "http://127.0.0.1:PORT/model.onnx"
    std::string address() const;
    std::vector<std::string> requests() const;

private:
    void serve();

    Answer answer_;
    int listener_ = -1;
    int port_ = 0;
    std::atomic<bool> stopped_{false};
    mutable std::mutex mutex_;
    std::vector<std::string> requests_;
    std::thread thread_;
};

/// The bytes that the request's Range asks for, from which offset; 0 without one.
std::size_t range_begin(const std::string& request);

/// A 200 with the whole body, or a 206 with the part that the request asks for; sends only `cut` bytes of it.
Reply file_reply(const std::string& request, const std::string& body, std::size_t cut = std::string::npos);

}  // namespace facet::tests
