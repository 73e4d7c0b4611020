// A name server that never answers, for tests: loaded before the C library (LD_PRELOAD), it holds up whoever looks up the
// host hanging.example for ever. Other names go their usual way.
#include <dlfcn.h>
#include <netdb.h>
#include <unistd.h>

#include <string_view>

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
    if (node && std::string_view(node) == "hanging.example")
        while (true) pause();
    using Lookup = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    const auto next = reinterpret_cast<Lookup>(dlsym(RTLD_NEXT, "getaddrinfo"));
    return next(node, service, hints, result);
}
