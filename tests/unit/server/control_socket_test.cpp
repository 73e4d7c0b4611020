#include "server/control_socket.h"

#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <future>
#include <mutex>
#include <thread>

#include "support/process.h"

namespace facet::server {
namespace {

using test::TemporaryFolder;
using testing::HasSubstr;

constexpr int kPatienceMs = 20'000;  // reached only by a failing test

class LocalClient {
public:
    explicit LocalClient(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    ~LocalClient() { ::close(socket_); }
    LocalClient(const LocalClient&) = delete;
    LocalClient& operator=(const LocalClient&) = delete;

    bool connected() const { return connected_; }
    void send(std::string_view bytes) const {
        EXPECT_EQ(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
    }
    /// One line without its end; "" where the server closed.
    std::string line() {
        while (received_.find('\n') == std::string::npos) {
            pollfd ready{.fd = socket_, .events = POLLIN, .revents = 0};
            std::array<char, 4096> bytes;
            if (::poll(&ready, 1, kPatienceMs) <= 0) return "no answer in time";
            const auto count = ::recv(socket_, bytes.data(), bytes.size(), 0);
            if (count <= 0) return "";
            received_.append(bytes.data(), static_cast<std::size_t>(count));
        }
        const auto end = received_.find('\n');
        std::string line = received_.substr(0, end);
        received_.erase(0, end + 1);
        return line;
    }

private:
    int socket_;
    bool connected_ = false;
    std::string received_;
};

class ControlSocketTest : public testing::Test {
protected:
    ControlSocketTest() { metrics_.declare({&kControlRefusals, 1}); }
    Result<std::unique_ptr<ControlSocket>> start(const std::string& path) {
        return ControlSocket::start(
            {.path = path,
             .handle = [this](const std::string& request, auto respond) { handle(request, respond); },
             .too_long = "too long",
             .metrics = &metrics_,
             .time_max = time_max_});
    }
    void handle(const std::string& request, const ControlSocket::Respond& respond) {
        if (request == "throw") throw std::runtime_error("a callback's bug");
        if (request == "later") {
            const std::lock_guard lock(mutex_);
            later_.push_back(respond);
            came_.set_value();
        } else if (request != "forget") {
            respond("you said " + request);
        }
    }

    TemporaryFolder folder_;
    std::string path_ = folder_ / "control";
    /// What was refused for this cause.
    double refused(std::string_view cause) { return metrics_.counter(kControlRefusals, {cause}).value(); }

    Metrics metrics_;
    Milliseconds time_max_ = std::chrono::seconds(20);
    std::mutex mutex_;
    std::vector<ControlSocket::Respond> later_;
    std::promise<void> came_;
};

TEST_F(ControlSocketTest, EachLineGetsItsAnswer) {
    const auto socket = start(path_);
    ASSERT_TRUE(socket) << socket.error().message;
    LocalClient client(path_);
    client.send("status\n");
    EXPECT_EQ(client.line(), "you said status");
    client.send("  one \r\ntwo\nthr");
    EXPECT_EQ(client.line(), "you said one");
    EXPECT_EQ(client.line(), "you said two");
    client.send("ee\n");
    EXPECT_EQ(client.line(), "you said three");
}

TEST_F(ControlSocketTest, OnlyItsOwnerMayUseIt) {
    const mode_t before = umask(0);
    const auto socket = start(path_);
    umask(before);
    ASSERT_TRUE(socket);
    struct stat found {};
    ASSERT_EQ(stat(path_.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777U, 0600U);
}

TEST_F(ControlSocketTest, AnAnswerMayComeLaterFromAnotherThreadWhileOthersAreServed) {
    const auto socket = start(path_);
    LocalClient slow(path_);
    slow.send("later\n");
    came_.get_future().wait();
    LocalClient quick(path_);
    quick.send("status\n");
    EXPECT_EQ(quick.line(), "you said status");
    std::thread([this] { later_.front()("at last"); }).join();
    EXPECT_EQ(slow.line(), "at last");
    slow.send("status\n");
    EXPECT_EQ(slow.line(), "you said status");
}

TEST_F(ControlSocketTest, AnAnswerAfterTheEndGoesNowhere) {
    auto socket = start(path_);
    LocalClient client(path_);
    client.send("later\n");
    came_.get_future().wait();
    socket->reset();
    later_.front()("too late");
    later_.clear();
    EXPECT_EQ(client.line(), "");
    EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(ControlSocketTest, WhoIsForgottenOrMeetsABugIsCutOffAlone) {
    const auto socket = start(path_);
    for (const char* request : {"forget\n", "throw\n"}) {
        LocalClient client(path_);
        client.send(request);
        EXPECT_EQ(client.line(), "") << request;
    }
    LocalClient client(path_);
    client.send("status\n");
    EXPECT_EQ(client.line(), "you said status");
}

TEST_F(ControlSocketTest, ALineThatIsTooLongEndsTheConnection) {
    const auto socket = start(path_);
    LocalClient client(path_);
    client.send(std::string(ControlSocket::kLineBytesMax + 1, 'x'));
    EXPECT_EQ(client.line(), "too long");
    EXPECT_EQ(client.line(), "");
    EXPECT_EQ(refused("line"), 1);
}

TEST_F(ControlSocketTest, WhoSendsNothingIsCutOffInTime) {
    time_max_ = Milliseconds(200);
    const auto socket = start(path_);
    LocalClient client(path_);
    EXPECT_EQ(client.line(), "");
    EXPECT_EQ(refused("time"), 0) << "it asked for nothing";
    LocalClient slow(path_);
    slow.send("half a li");
    EXPECT_EQ(slow.line(), "");
    EXPECT_TRUE(test::eventually([this] { return refused("time") == 1; }, Milliseconds(kPatienceMs)))
        << "it is counted just after the connection is cut";
}

TEST_F(ControlSocketTest, MoreClientsThanItServesAreClosedAndOthersTakeTheirPlace) {
    const auto socket = start(path_);
    std::vector<std::unique_ptr<LocalClient>> clients;
    for (std::size_t i = 0; i < ControlSocket::kClientsMax; ++i) {
        clients.push_back(std::make_unique<LocalClient>(path_));
        clients.back()->send("status\n");
        EXPECT_EQ(clients.back()->line(), "you said status");
    }
    LocalClient one_too_many(path_);
    EXPECT_EQ(one_too_many.line(), "");
    EXPECT_EQ(refused("clients"), 1);
    clients.pop_back();
    EXPECT_TRUE(test::eventually(
        [this] {
            LocalClient next(path_);
            next.send("status\n");
            return next.line() == "you said status";
        },
        Milliseconds(kPatienceMs)));
}

TEST_F(ControlSocketTest, AStaleSocketIsReplacedALiveOneIsNot) {
    const int left = socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(bind(left, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    close(left);
    const auto first = start(path_);
    ASSERT_TRUE(first) << first.error().message;
    const auto second = start(path_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::already_exists);
    EXPECT_THAT(second.error().message, HasSubstr(path_));
    LocalClient client(path_);
    client.send("status\n");
    EXPECT_EQ(client.line(), "you said status") << "the first one still serves";
}

TEST_F(ControlSocketTest, PlacesWhereNoSocketCanBeAreRefusedByName) {
    test::write_text(path_, "somebody's work");
    auto refused = start(path_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(test::read_text(path_), "somebody's work");
    refused = start(folder_ / "missing/control");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::not_found);
    refused = start(folder_ / std::string(200, 'x'));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("expected 1 to 107"));
}

}  // namespace
}  // namespace facet::server
