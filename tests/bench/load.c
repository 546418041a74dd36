/* SPDX-License-Identifier: Apache-2.0 */
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "bench.h"

#define HEAD_SIZE ((size_t)8192)
#define EVENTS    64

struct lane {
    const struct load_endpoint *endpoint;
    size_t next; /* request */
};

struct connection {
    struct lane *lane;
    int fd;
    char head[HEAD_SIZE + 1]; /* header section of the reply, and bytes received after it */
    size_t head_length;
    size_t body_left; /* valid when the header section is complete */
    bool in_body;
};

static void send_next(struct connection *connection)
{
    struct lane *lane = connection->lane;
    ens_str rest = lane->endpoint->requests[lane->next++];

    while (rest.len > 0) { /* busy loop: on loopback, send() rarely accepts only a part */
        ssize_t sent = send(connection->fd, rest.ptr, rest.len, MSG_NOSIGNAL);
        if (sent < 0) {
            bench_fail("the emulator closed a connection: %s", strerror(errno));
        }
        rest = (ens_str){rest.ptr + sent, rest.len - (size_t)sent};
    }
}

static void open_connection(struct connection *connection, struct lane *lane, int epoll)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)lane->endpoint->port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    const int one = 1;

    connection->lane = lane;
    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    if (connect(connection->fd, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
        epoll_ctl(epoll, EPOLL_CTL_ADD, connection->fd, &event) != 0) {
        bench_fail("no connection to port %u: %s", lane->endpoint->port, strerror(errno));
    }
}

/* ---- replies -------------------------------------------------------------------------------- */

static void check_status(const struct connection *connection)
{
    unsigned long status = strtoul(connection->head + strcspn(connection->head, " "), NULL, 10);

    if ((status < 200 || status > 299) && status != 400 && status != 412) {
        bench_fail("the emulator answered: %s", connection->head);
    }
}

static size_t body_length(const struct connection *connection)
{
    static const char name[] = "\r\nContent-Length:";
    const char *at = strcasestr(connection->head, name);

    if (at == NULL) {
        bench_fail("a reply without Content-Length");
    }
    return strtoul(at + sizeof(name) - 1, NULL, 10);
}

/* Appends bytes to the header section; bytes after its end count as body. */
static void read_head(struct connection *connection, const char *bytes, size_t size)
{
    if (connection->head_length + size > HEAD_SIZE) {
        size = HEAD_SIZE - connection->head_length;
    }
    memcpy(connection->head + connection->head_length, bytes, size);
    connection->head_length += size;
    connection->head[connection->head_length] = '\0';
    const char *end = strstr(connection->head, "\r\n\r\n");
    if (end == NULL) {
        return;
    }
    const size_t head = (size_t)(end + 4 - connection->head);
    check_status(connection);
    connection->body_left = head + body_length(connection);
    connection->in_body = true;
}

/* True: the reply is complete. */
static bool take(struct connection *connection, const char *bytes, size_t size)
{
    const size_t before = connection->head_length;

    if (!connection->in_body) {
        read_head(connection, bytes, size);
        if (!connection->in_body) {
            return false;
        }
        size += before; /* body_left counts from the first byte of the head */
    }
    if (size > connection->body_left) {
        bench_fail("more than one reply to a request");
    }
    connection->body_left -= size;
    if (connection->body_left > 0) {
        return false;
    }
    connection->in_body = false;
    connection->head_length = 0;
    return true;
}

/* True: the connection has no more requests to send. */
static bool serve(struct connection *connection)
{
    static char bytes[65536];
    ssize_t got = recv(connection->fd, bytes, sizeof(bytes), 0);

    if (got <= 0) {
        bench_fail("the emulator closed a connection");
    }
    if (!take(connection, bytes, (size_t)got)) {
        return false;
    }
    if (connection->lane->next == connection->lane->endpoint->count) {
        return true;
    }
    send_next(connection);
    return false;
}

/* ---- the run -------------------------------------------------------------------------------- */

static void loop(int epoll, size_t open)
{
    struct epoll_event events[EVENTS];

    while (open > 0) {
        int ready = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            struct connection *connection = events[i].data.ptr;
            if (serve(connection)) {
                (void)close(connection->fd);
                open--;
            }
        }
    }
}

void load_run(const struct load_endpoint *endpoints, size_t count)
{
    struct lane *lanes = ens_alloc_array(count, sizeof(*lanes));
    struct connection **connections = ens_alloc_array(count, sizeof(struct connection *));
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    size_t open = 0;

    for (size_t i = 0; i < count; i++) {
        lanes[i].endpoint = &endpoints[i];
        connections[i] = ens_alloc_array(endpoints[i].connections, sizeof(**connections));
        for (size_t j = 0; j < endpoints[i].connections && j < endpoints[i].count; j++) {
            open_connection(&connections[i][j], &lanes[i], epoll);
            send_next(&connections[i][j]);
            open++;
        }
    }
    loop(epoll, open);
    (void)close(epoll);
    for (size_t i = 0; i < count; i++) {
        ens_free(connections[i]);
    }
    ens_free(connections);
    ens_free(lanes);
}
