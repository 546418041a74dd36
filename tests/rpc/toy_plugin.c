/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin process that serves toy.Toy and logs to stderr. With TOY_STUBBORN set it never ends a
 * hanging call, so that its shutdown has to cancel it. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "rpc/plugin.h"
#include "toy.pb-c.h"

struct hanging {
    struct hanging *next;
    struct hanging **link;
    struct toy *toy;
    struct ens_rpc_call *call;
};

/* hanging and gone are used by the server's thread, counting by the threads that count. */
struct toy {
    struct hanging *hanging;
    unsigned gone;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned counting;
};

static void echo(void *ud, struct ens_rpc_call *call, const ProtobufCMessage *request)
{
    (void)ud;
    ens_rpc_call_reply(call, request);
}

struct count {
    struct toy *toy;
    struct ens_rpc_call *call;
    uint32_t count;
    uint32_t size;
};

static void *count_up(void *ud)
{
    struct count count = *(struct count *)ud;
    uint8_t *padding = ens_alloc(count.size);

    for (uint32_t i = 0; i < count.count; i++) {
        Toy__CountReply reply = TOY__COUNT_REPLY__INIT;
        reply.index = i;
        reply.padding = (ProtobufCBinaryData){count.size, padding};
        ens_rpc_call_send(count.call, &reply.base);
    }
    ens_rpc_call_finish(count.call, ENS_RPC_OK, NULL);
    ens_free(padding);
    (void)pthread_mutex_lock(&count.toy->lock);
    count.toy->counting--;
    (void)pthread_cond_signal(&count.toy->changed);
    (void)pthread_mutex_unlock(&count.toy->lock);
    return NULL;
}

static void start_count(void *ud, struct ens_rpc_call *call, const ProtobufCMessage *request)
{
    const Toy__CountRequest *asked = (const Toy__CountRequest *)request;
    struct count *count = ens_arena_alloc(ens_rpc_call_arena(call), sizeof(*count));
    pthread_attr_t attributes;
    pthread_t thread;

    *count = (struct count){ud, call, asked->count, asked->size};
    (void)pthread_mutex_lock(&count->toy->lock);
    count->toy->counting++;
    (void)pthread_mutex_unlock(&count->toy->lock);
    (void)pthread_attr_init(&attributes);
    (void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    ENS_ASSERT(pthread_create(&thread, &attributes, count_up, count) == 0);
    (void)pthread_attr_destroy(&attributes);
}

static void unhang(struct hanging *hanging, enum ens_rpc_status status)
{
    *hanging->link = hanging->next;
    if (hanging->next != NULL) {
        hanging->next->link = hanging->link;
    }
    ens_rpc_call_finish(hanging->call, status, NULL);
}

static void on_gone(void *ud)
{
    struct hanging *hanging = ud;

    hanging->toy->gone++;
    if (getenv("TOY_STUBBORN") == NULL) {
        unhang(hanging, ENS_RPC_CANCELLED);
    }
}

static void hang(void *ud, struct ens_rpc_call *call, const ProtobufCMessage *request)
{
    struct toy *toy = ud;
    struct hanging *hanging = ens_arena_alloc(ens_rpc_call_arena(call), sizeof(*hanging));
    Toy__Empty reply = TOY__EMPTY__INIT;

    (void)request;
    *hanging = (struct hanging){toy->hanging, &toy->hanging, toy, call};
    if (hanging->next != NULL) {
        hanging->next->link = &hanging->next;
    }
    toy->hanging = hanging;
    ens_rpc_call_send(call, &reply.base);
    ens_rpc_call_on_gone(call, on_gone, hanging);
}

static void tally(void *ud, struct ens_rpc_call *call, const ProtobufCMessage *request)
{
    const struct toy *toy = ud;
    Toy__TallyReply reply = TOY__TALLY_REPLY__INIT;

    (void)request;
    reply.gone = toy->gone;
    for (const struct hanging *hanging = toy->hanging; hanging != NULL; hanging = hanging->next) {
        reply.hanging++;
    }
    ens_rpc_call_reply(call, &reply.base);
}

static void refuse(void *ud, struct ens_rpc_call *call, const ProtobufCMessage *request)
{
    const Toy__Refusal *refusal = (const Toy__Refusal *)request;

    (void)ud;
    ens_rpc_call_finish(call, (enum ens_rpc_status)refusal->status, refusal->message);
}

static void crash(void *ud, struct ens_rpc_call *call, const ProtobufCMessage *request)
{
    (void)ud;
    (void)call;
    (void)request;
    (void)raise(SIGSEGV);
}

static void print(void *ud, struct ens_rpc_call *call, const ProtobufCMessage *request)
{
    const Toy__Payload *payload = (const Toy__Payload *)request;
    Toy__Empty reply = TOY__EMPTY__INIT;

    (void)ud;
    (void)puts(payload->text);
    (void)fflush(stdout);
    ens_rpc_call_reply(call, &reply.base);
}

static const struct ens_rpc_method methods[] = {
    {"/toy.Toy/Echo", &toy__payload__descriptor, echo},
    {"/toy.Toy/Count", &toy__count_request__descriptor, start_count},
    {"/toy.Toy/Hang", &toy__empty__descriptor, hang},
    {"/toy.Toy/Tally", &toy__empty__descriptor, tally},
    {"/toy.Toy/Refuse", &toy__refusal__descriptor, refuse},
    {"/toy.Toy/Crash", &toy__empty__descriptor, crash},
    {"/toy.Toy/Print", &toy__payload__descriptor, print},
};

static void on_stopping(void *ud)
{
    struct toy *toy = ud;

    while (toy->hanging != NULL && getenv("TOY_STUBBORN") == NULL) {
        unhang(toy->hanging, ENS_RPC_UNAVAILABLE);
    }
}

static const char *get_variable(void *ud, const char *name)
{
    (void)ud;
    return getenv(name);
}

static void write_log(void *ud, enum ens_log_level level, const char *module, const char *message,
                      const struct ens_pair *pairs, size_t pair_count)
{
    (void)ud;
    (void)pairs;
    (void)pair_count;
    (void)fprintf(stderr, "[%s] %s: %s\n", ens_log_level_name(level), module, message);
}

int main(void)
{
    static const struct ens_plugin_host hosts[] = {{"TOY_COOKIE", "let me in", 3},
                                                   {"OTHER_COOKIE", "me too", 7}};
    const struct ens_environment environment = {get_variable, NULL};
    const struct ens_log log = {write_log, NULL, ENS_LOG_TRACE};
    struct toy toy = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    const struct ens_rpc_service service = {methods, ENS_COUNT(methods), &toy};
    const struct ens_plugin plugin = {
        .program = "toy-plugin",
        .hosts = hosts,
        .host_count = ENS_COUNT(hosts),
        .services = &service,
        .service_count = 1,
        .stopping = on_stopping,
        .ud = &toy,
        .log = &log,
    };

    ens_plugin_prepare();
    int code = ens_plugin_serve(&plugin, &environment);
    (void)pthread_mutex_lock(&toy.lock);
    while (toy.counting > 0) {
        (void)pthread_cond_wait(&toy.changed, &toy.lock);
    }
    (void)pthread_mutex_unlock(&toy.lock);
    ens_plugin_end(code);
}
