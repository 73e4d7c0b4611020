// Pulling from the loopback: connections that are cut, lie, redirect, stall.
#include "model/download.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"
#include "loopback_server.h"
#include "temporary_folder.h"
#include "wrap/openssl/sha256.h"

namespace facet::model {
namespace {

using testing::HasSubstr;
using tests::file_reply;
using tests::LoopbackServer;
using tests::Reply;
using tests::TemporaryFolder;

std::string random_bytes(std::size_t count) {
    Random random(7);
    std::string bytes(count, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.next() & 0xFF);
    return bytes;
}

class Download : public testing::Test {
protected:
    Manifest manifest(const std::string& address) const {
        Manifest manifest;
        manifest.name = "net";
        manifest.file = "net.onnx";
        manifest.bytes = body_.size();
        manifest.sha256 = sha256_of(body_);
        manifest.address = address;
        return manifest;
    }
    Result<Pulled> pull_from(const std::string& address) {
        return pull(manifest(address), repository(), options_, interrupted_);
    }
    Repository repository() const { return {.mirror = mirror_, .store = store_.path()}; }
    void expect_nothing_left() const {
        EXPECT_FALSE(store_.has("net.onnx"));
        EXPECT_FALSE(store_.has("net.onnx.partial"));
    }

    std::string body_ = random_bytes(200'000);
    TemporaryFolder store_;
    std::string mirror_;
    PullOptions options_{.attempts = 4,
                         .pause = Milliseconds(0),
                         .connect_timeout = Milliseconds(5000),
                         .stall_timeout = Milliseconds(1000),
                         .progress = {}};
    std::atomic<bool> interrupted_{false};
};

TEST_F(Download, TheFileArrivesWholeWithProgress) {
    std::uint64_t last = 0;
    options_.progress = [&](std::uint64_t done, std::uint64_t all) {
        EXPECT_GE(done, last);
        EXPECT_EQ(all, body_.size());
        last = done;
    };
    const LoopbackServer server([&](const std::string& request, int) { return file_reply(request, body_); });
    const auto pulled = pull_from(server.address());
    ASSERT_TRUE(pulled.has_value()) << pulled.error().message;
    EXPECT_EQ(store_.read("net.onnx"), body_);
    EXPECT_FALSE(store_.has("net.onnx.partial"));
    EXPECT_EQ(pulled->bytes_fetched, body_.size());
    EXPECT_EQ(last, body_.size());
    // A second pull finds it and asks nobody.
    EXPECT_EQ(pull_from(server.address())->from, "store");
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(Download, ACutConnectionIsGoneOnWith) {
    const LoopbackServer server([&](const std::string& request, int number) {
        return file_reply(request, body_, number < 2 ? 60'000 : std::string::npos);
    });
    const auto pulled = pull_from(server.address());
    ASSERT_TRUE(pulled.has_value()) << pulled.error().message;
    EXPECT_EQ(store_.read("net.onnx"), body_);
    const auto requests = server.requests();
    ASSERT_EQ(requests.size(), 3U);
    EXPECT_THAT(requests[1], HasSubstr("Range: bytes=60000-"));
    EXPECT_THAT(requests[2], HasSubstr("Range: bytes=120000-"));
}

TEST_F(Download, AnInterruptedPullIsGoneOnWithByTheNextOne) {
    {
        const LoopbackServer server([&](const std::string& request, int) {
            Reply reply = file_reply(request, body_, 50'000);
            reply.hang = true;
            return reply;
        });
        options_.progress = [&](std::uint64_t done, std::uint64_t) { interrupted_ = done >= 50'000; };
        const auto pulled = pull_from(server.address());
        ASSERT_FALSE(pulled.has_value());
        EXPECT_EQ(pulled.error().code, ErrorCode::cancelled);
    }
    EXPECT_FALSE(store_.has("net.onnx"));
    EXPECT_EQ(store_.read("net.onnx.partial").size(), 50'000U);
    interrupted_ = false;
    options_.progress = {};
    const LoopbackServer server([&](const std::string& request, int) { return file_reply(request, body_); });
    const auto pulled = pull_from(server.address());
    ASSERT_TRUE(pulled.has_value()) << pulled.error().message;
    EXPECT_EQ(pulled->bytes_fetched, 150'000U);
    EXPECT_EQ(store_.read("net.onnx"), body_);
}

TEST_F(Download, AServerWithoutRangesSendsAllAgain) {
    const LoopbackServer server(
        [&](const std::string&, int number) { return file_reply("", body_, number == 0 ? 1000 : std::string::npos); });
    ASSERT_TRUE(pull_from(server.address()).has_value());
    EXPECT_EQ(store_.read("net.onnx"), body_);
}

TEST_F(Download, APartialFileOfSomethingElseIsThrownAway) {
    store_.write("net.onnx.partial", std::string(1000, 'x'));
    const LoopbackServer server([&](const std::string& request, int) { return file_reply(request, body_); });
    ASSERT_TRUE(pull_from(server.address()).has_value());
    EXPECT_EQ(store_.read("net.onnx"), body_);
    EXPECT_EQ(server.requests().size(), 2U);  // gone on with, found wrong, fetched from the start
}

TEST_F(Download, APartialFileLongerThanTheModelIsThrownAway) {
    store_.write("net.onnx.partial", std::string(body_.size() + 5, 'x'));
    const LoopbackServer server([&](const std::string& request, int) { return file_reply(request, body_); });
    ASSERT_TRUE(pull_from(server.address()).has_value());
    EXPECT_EQ(store_.read("net.onnx"), body_);
}

TEST_F(Download, AWrongHashLeavesNothing) {
    std::string other = body_;
    other[100] = static_cast<char>(other[100] + 1);
    const LoopbackServer server([&](const std::string& request, int) { return file_reply(request, other); });
    const auto pulled = pull_from(server.address());
    ASSERT_FALSE(pulled.has_value());
    EXPECT_EQ(pulled.error().code, ErrorCode::corrupt);
    EXPECT_THAT(pulled.error().message, HasSubstr("sha256"));
    expect_nothing_left();
}

TEST_F(Download, AWrongLengthLeavesNothing) {
    const LoopbackServer longer([&](const std::string& request, int) { return file_reply(request, body_ + "more"); });
    EXPECT_EQ(pull_from(longer.address()).error().code, ErrorCode::resource_exhausted);
    expect_nothing_left();
    // Shorter: each attempt ends early, and the server has no more to give.
    const LoopbackServer shorter(
        [&](const std::string& request, int) { return file_reply(request, body_.substr(0, 1000)); });
    const auto pulled = pull_from(shorter.address());
    ASSERT_FALSE(pulled.has_value());
    EXPECT_FALSE(store_.has("net.onnx"));
}

TEST_F(Download, RedirectsAreFollowedUpToALimit) {
    const LoopbackServer server([&](const std::string& request, int number) {
        if (number < 2)
            return Reply{"HTTP/1.1 302 Found\r\nLocation: /elsewhere" + std::to_string(number) +
                         "\r\nContent-Length: 5\r\nConnection: close\r\n\r\nmoved"};
        return file_reply(request, body_);
    });
    ASSERT_TRUE(pull_from(server.address()).has_value());
    EXPECT_EQ(store_.read("net.onnx"), body_);

    const TemporaryFolder empty;
    const LoopbackServer circle([](const std::string&, int) {
        return Reply{"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"};
    });
    const auto pulled = pull(manifest(circle.address()), {.mirror = "", .store = empty.path()}, options_, interrupted_);
    ASSERT_FALSE(pulled.has_value());
    EXPECT_THAT(pulled.error().message, HasSubstr("too many redirects"));
}

TEST_F(Download, ARedirectToAFileOfThisMachineIsRefused) {
    const LoopbackServer server([](const std::string&, int) {
        return Reply{"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"};
    });
    EXPECT_FALSE(pull_from(server.address()).has_value());
    EXPECT_FALSE(store_.has("net.onnx"));
}

TEST_F(Download, AServerThatStallsIsGivenUp) {
    options_.attempts = 1;
    const LoopbackServer server([&](const std::string& request, int) {
        Reply reply = file_reply(request, body_, 100);
        reply.hang = true;
        return reply;
    });
    const auto pulled = pull_from(server.address());
    ASSERT_FALSE(pulled.has_value());
    EXPECT_EQ(pulled.error().code, ErrorCode::unavailable);
    EXPECT_FALSE(store_.has("net.onnx"));
}

TEST_F(Download, AnErrorPageIsNotTheModel) {
    const LoopbackServer missing([](const std::string&, int) {
        return Reply{"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nConnection: close\r\n\r\ngone"};
    });
    EXPECT_EQ(pull_from(missing.address()).error().code, ErrorCode::not_found);
    expect_nothing_left();
    // A server that is busy is asked again.
    const LoopbackServer busy([&](const std::string& request, int number) {
        if (number == 0) return Reply{"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbusy"};
        return file_reply(request, body_);
    });
    ASSERT_TRUE(pull_from(busy.address()).has_value());
    EXPECT_EQ(store_.read("net.onnx"), body_);
}

TEST_F(Download, NobodyListeningIsUnavailable) {
    options_.attempts = 2;
    std::string address;
    {
        const LoopbackServer server([](const std::string&, int) { return Reply{}; });
        address = server.address();
    }
    EXPECT_EQ(pull_from(address).error().code, ErrorCode::unavailable);
    EXPECT_FALSE(store_.has("net.onnx"));
}

TEST_F(Download, AMirrorOrAFileAddressIsCopied) {
    const TemporaryFolder mirror;
    mirror.write("any-name", body_);
    EXPECT_EQ(pull_from("file://" + (mirror / "any-name"))->from, "file://" + (mirror / "any-name"));
    EXPECT_EQ(store_.read("net.onnx"), body_);
    std::filesystem::remove(store_ / "net.onnx");
    mirror_ = mirror.path();
    EXPECT_EQ(pull_from("")->from, "mirror");
    EXPECT_EQ(store_.read("net.onnx"), body_);
}

TEST_F(Download, NoSourceAtAllIsSaid) {
    const auto pulled = pull_from("");
    ASSERT_FALSE(pulled.has_value());
    EXPECT_EQ(pulled.error().code, ErrorCode::not_found);
    EXPECT_THAT(pulled.error().message, HasSubstr("FACET_MODEL_MIRROR"));
    EXPECT_EQ(pull_from("gopher://x/y").error().code, ErrorCode::invalid_argument);
}

TEST_F(Download, AFolderThatCannotBeWrittenIsNamed) {
    if (::geteuid() == 0) {  // root may write everywhere: a file in the folder's place fails for all
        store_.write("blocked", "");
        const auto pulled =
            pull(manifest("http://127.0.0.1:1/x"), {.mirror = "", .store = store_ / "blocked/sub"}, options_, interrupted_);
        ASSERT_FALSE(pulled.has_value());
        EXPECT_THAT(pulled.error().message, HasSubstr("blocked/sub"));
        return;
    }
    ::chmod(store_.path().c_str(), 0500);
    EXPECT_EQ(pull_from("http://127.0.0.1:1/x").error().code, ErrorCode::permission_denied);
    ::chmod(store_.path().c_str(), 0700);
}

TEST_F(Download, ASecondPullOfTheSameFileWaitsItsTurn) {
    std::atomic<bool>* stop = &interrupted_;
    Result<Pulled> second = fail(ErrorCode::internal, "not run");
    bool was_run = false;
    const LoopbackServer server([&](const std::string& request, int) { return file_reply(request, body_); });
    options_.progress = [&](std::uint64_t, std::uint64_t) {
        if (was_run) return;
        was_run = true;
        PullOptions plain = options_;
        plain.progress = {};
        second = pull(manifest(server.address()), repository(), plain, *stop);
    };
    EXPECT_TRUE(pull_from(server.address()).has_value());
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, ErrorCode::unavailable);
    EXPECT_THAT(second.error().message, HasSubstr("another pull"));
}

}  // namespace
}  // namespace facet::model
