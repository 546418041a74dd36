/* SPDX-License-Identifier: Apache-2.0 */
#include "http_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"

#define PEERS_MAX   512
#define REQUEST_MAX ((size_t)64 * 1024 * 1024)

struct http_peer {
    struct http_server *server;
    pthread_t thread;
    int socket;
    SSL *tls;
    struct ens_buf read;
    unsigned requests;
    bool reset;
};

struct http_server {
    http_serve_fn *serve;
    void *ud;
    SSL_CTX *tls;
    int socket;
    int port;
    char base[64];
    pthread_t thread;
    struct http_peer
        *peers[PEERS_MAX]; /* written by the accepting thread; read after it has ended */
    size_t peer_count;
    pthread_mutex_t lock; /* protects the following members */
    pthread_cond_t changed;
    bool stopping;
    unsigned connections;
    unsigned requests;
    unsigned open;
    unsigned most_open;
    unsigned closed;
};

/* ---- one connection ---- */

static ssize_t receive(struct http_peer *peer, char *bytes, size_t size)
{
    return peer->tls != NULL ? SSL_read(peer->tls, bytes, (int)size)
                             : recv(peer->socket, bytes, size, 0);
}

bool http_peer_send(struct http_peer *peer, ens_str bytes)
{
    while (bytes.len > 0) {
        ssize_t put = peer->tls != NULL ? SSL_write(peer->tls, bytes.ptr,
                                                    bytes.len > 16384 ? 16384 : (int)bytes.len)
                                        : send(peer->socket, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (put <= 0) {
            return false;
        }
        bytes = (ens_str){bytes.ptr + put, bytes.len - (size_t)put};
    }
    return true;
}

bool http_peer_closed(struct http_peer *peer, int wait_ms)
{
    struct pollfd fd = {.fd = peer->socket, .events = POLLIN | POLLRDHUP};

    return poll(&fd, 1, wait_ms) == 1;
}

void http_peer_reset(struct http_peer *peer)
{
    peer->reset = true;
}

unsigned http_peer_request_number(const struct http_peer *peer)
{
    return peer->requests;
}

/* The size of the first request in the buffer; 0: it is not complete yet. */
static size_t request_size(ens_str read)
{
    static const char name[] = "\r\nContent-Length: ";
    const char *end = read.len == 0 ? NULL : memmem(read.ptr, read.len, "\r\n\r\n", 4);
    int64_t body = 0;

    if (end == NULL) {
        return 0;
    }
    size_t head = (size_t)(end - read.ptr) + 4;
    const char *length = memmem(read.ptr, head, name, sizeof(name) - 1);
    if (length != NULL) {
        const char *digits = length + sizeof(name) - 1;
        ens_str rest = {NULL, 0};
        ens_str number =
            ens_str_cut((ens_str){digits, (size_t)(read.ptr + head - digits)}, '\r', &rest);
        assert_true(ens_str_to_i64(number, &body));
    }
    return read.len >= head + (size_t)body ? head + (size_t)body : 0;
}

static bool read_request(struct http_peer *peer, size_t *ret)
{
    char bytes[16384];

    for (;;) {
        *ret = request_size(ens_buf_str(&peer->read));
        if (*ret > 0) {
            return true;
        }
        ssize_t got = receive(peer, bytes, sizeof(bytes));
        ens_buf_add(&peer->read, (ens_str){bytes, got > 0 ? (size_t)got : 0});
        if (got <= 0 || ens_buf_failed(&peer->read)) {
            return false;
        }
    }
}

static void drop_front(struct ens_buf *buf, size_t size)
{
    memmove(buf->ptr, buf->ptr + size, buf->len - size + 1);
    buf->len -= size;
}

static void converse(struct http_peer *peer)
{
    struct http_server *server = peer->server;
    size_t size = 0;

    while (read_request(peer, &size)) {
        (void)pthread_mutex_lock(&server->lock);
        server->requests++;
        (void)pthread_mutex_unlock(&server->lock);
        peer->requests++;
        if (!server->serve(server->ud, peer, (ens_str){peer->read.ptr, size})) {
            return;
        }
        drop_front(&peer->read, size);
    }
}

static bool greet(struct http_peer *peer)
{
    if (peer->server->tls == NULL) {
        return true;
    }
    peer->tls = SSL_new(peer->server->tls);
    return SSL_set_fd(peer->tls, peer->socket) == 1 && SSL_accept(peer->tls) == 1;
}

static void count_closed(struct http_server *server)
{
    (void)pthread_mutex_lock(&server->lock);
    server->open--;
    server->closed++;
    (void)pthread_cond_broadcast(&server->changed);
    (void)pthread_mutex_unlock(&server->lock);
}

static void *peer_main(void *ud)
{
    struct http_peer *peer = ud;
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};

    if (greet(peer)) {
        converse(peer);
        if (peer->tls != NULL && !peer->reset) {
            (void)SSL_shutdown(peer->tls);
        }
    }
    (void)pthread_mutex_lock(&peer->server->lock); /* http_server_stop may use the descriptor */
    if (peer->reset) {
        (void)setsockopt(peer->socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    }
    (void)close(peer->socket);
    peer->socket = -1;
    (void)pthread_mutex_unlock(&peer->server->lock);
    SSL_free(peer->tls);
    ens_buf_done(&peer->read);
    count_closed(peer->server);
    return NULL;
}

/* ---- the server ---- */

/* Blocks SIGPIPE in the server's threads, because OpenSSL writes without MSG_NOSIGNAL; the signal's
 * disposition must stay unchanged for the test. */
static void block_sigpipe(void)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGPIPE);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static void *server_main(void *ud)
{
    struct http_server *server = ud;
    const int yes = 1;

    block_sigpipe(); /* inherited by the connections' threads */
    for (int fd = accept(server->socket, NULL, NULL); fd >= 0;
         fd = accept(server->socket, NULL, NULL)) {
        struct http_peer *peer = ens_alloc(sizeof(*peer));
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
        peer->server = server;
        peer->socket = fd;
        peer->read = ens_buf_new(REQUEST_MAX);
        (void)pthread_mutex_lock(&server->lock);
        server->connections++;
        server->open++;
        if (server->open > server->most_open) {
            server->most_open = server->open;
        }
        bool stop = server->stopping || server->peer_count == PEERS_MAX;
        (void)pthread_mutex_unlock(&server->lock);
        if (stop || pthread_create(&peer->thread, NULL, peer_main, peer) != 0) {
            (void)close(fd);
            ens_free(peer);
            break;
        }
        (void)pthread_mutex_lock(&server->lock);
        server->peers[server->peer_count++] = peer;
        (void)pthread_mutex_unlock(&server->lock);
    }
    return NULL;
}

struct http_server *http_server_start(http_serve_fn *serve, void *ud, SSL_CTX *tls)
{
    struct http_server *server = ens_alloc(sizeof(*server));
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof(address);

    server->serve = serve;
    server->ud = ud;
    server->tls = tls;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(server->socket >= 0);
    assert_int_equal(bind(server->socket, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(server->socket, 128), 0);
    assert_int_equal(getsockname(server->socket, (struct sockaddr *)&address, &size), 0);
    server->port = ntohs(address.sin_port);
    (void)snprintf(server->base, sizeof(server->base), "%s://127.0.0.1:%d",
                   tls == NULL ? "http" : "https", server->port);
    assert_int_equal(pthread_mutex_init(&server->lock, NULL), 0);
    assert_int_equal(pthread_cond_init(&server->changed, NULL), 0);
    assert_int_equal(pthread_create(&server->thread, NULL, server_main, server), 0);
    return server;
}

void http_server_stop(struct http_server *server)
{
    (void)pthread_mutex_lock(&server->lock);
    server->stopping = true;
    (void)shutdown(server->socket, SHUT_RDWR); /* ends accept() */
    (void)pthread_mutex_unlock(&server->lock);
    (void)pthread_join(server->thread, NULL);
    (void)pthread_mutex_lock(&server->lock);
    for (size_t i = 0; i < server->peer_count; i++) {
        if (server->peers[i]->socket >= 0) {
            (void)shutdown(server->peers[i]->socket, SHUT_RDWR);
        }
    }
    (void)pthread_mutex_unlock(&server->lock);
    for (size_t i = 0; i < server->peer_count; i++) {
        (void)pthread_join(server->peers[i]->thread, NULL);
        ens_free(server->peers[i]);
    }
    (void)close(server->socket);
    (void)pthread_mutex_destroy(&server->lock);
    (void)pthread_cond_destroy(&server->changed);
    ens_free(server);
}

const char *http_server_base(const struct http_server *server)
{
    return server->base;
}

int http_server_port(const struct http_server *server)
{
    return server->port;
}

static unsigned read_count(struct http_server *server, const unsigned *count)
{
    (void)pthread_mutex_lock(&server->lock);
    unsigned value = *count;
    (void)pthread_mutex_unlock(&server->lock);
    return value;
}

unsigned http_server_connections(struct http_server *server)
{
    return read_count(server, &server->connections);
}

unsigned http_server_requests(struct http_server *server)
{
    return read_count(server, &server->requests);
}

unsigned http_server_most_open(struct http_server *server)
{
    return read_count(server, &server->most_open);
}

void http_server_wait_closed(struct http_server *server, unsigned count)
{
    (void)pthread_mutex_lock(&server->lock);
    while (server->closed < count) {
        (void)pthread_cond_wait(&server->changed, &server->lock);
    }
    (void)pthread_mutex_unlock(&server->lock);
}
