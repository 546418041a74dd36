/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_sts.h"

#include <string.h>

#include "answers.h"
#include "support/fake_provider.h"

static int64_t latency(void *ud, const struct net_request *request)
{
    const struct sts *sts = ud;

    if (request->login && sts->logins > 0 && sts->renewal_latency_ms > 0) {
        return sts->renewal_latency_ms;
    }
    return request->login ? sts->login_latency_ms : sts->latency_ms;
}

void sts_log_in(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct sts *sts = ud;

    assert_true(sts->logins + 1 < STS_KEYS_MAX);
    sts->login_ms[++sts->logins] = net_now();
    sts->last_base = ens_arena_dup(sts->arena, request->base);
    sts->last_timeout_ms = request->timeout_ms;
    sts->last_direct = request->direct;
    sts->last_date_s = request->date_s;
    if (sts->script != NULL) {
        ens_buf_addf(&ret->text, "%s", sts->script);
        return;
    }
    if (sts->logins > 1 && sts->failures > 0) {
        sts->failures--;
        ret->status = 403;
        ens_buf_addf(&ret->text, "code Denied");
        return;
    }
    sts->begun_ms[++sts->keys] = net_now();
    ens_buf_addf(&ret->text, "keys ak%u sk%u %lld", sts->keys, sts->keys, (long long)sts->life_s);
}

/* The number of the keys that signed. */
static unsigned number_of(ens_str key)
{
    int64_t number = 0;

    assert_true(ens_str_starts(key, ENS_STR("sk")));
    assert_true(ens_str_to_i64((ens_str){key.ptr + 2, key.len - 2}, &number));
    return (unsigned)number;
}

void sts_answer(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct sts *sts = ud;
    const unsigned number = number_of(request->key);

    if (number <= sts->revoked) {
        refuse(ret, 401, "OldKey");
        return;
    }
    if (sts->life_s > 0 && request->sent_ms >= sts->begun_ms[number] + sts->life_s * 1000) {
        sts->too_late++;
    }
    if (request->kind == ENS_CALL_START) {
        if (sts->starts++ == 0) {
            sts->started_ms = net_now();
            sts->token = ens_arena_dup(sts->arena, request->token);
        }
        sts->other_tokens += ens_str_eq(sts->token, request->token) ? 0 : 1;
        return;
    }
    const bool up = sts->started_ms != 0 && net_now() >= sts->started_ms + sts->boot_ms;
    see_all(request, ret,
            request->kind == ENS_CALL_DRY_RUN ? "DOWN"
            : up                              ? "UP"
            : sts->started_ms != 0            ? "BOOTING"
                                              : "DOWN");
}

void sts_begin(struct net *net, struct sts *sts)
{
    sts->arena = ens_arena_new();
    sts->latency_ms = sts->latency_ms == 0 ? 10 : sts->latency_ms;
    sts->login_latency_ms = sts->login_latency_ms == 0 ? 10 : sts->login_latency_ms;
    net_init(net);
    net->provider.sources = fake_sources;
    memset(net->variables, 0, sizeof(net->variables));
    net->variables[0] = (struct variable){"FAKE_OIDC", "send /oidc"};
    net->latency = latency;
    net->answer = sts_answer;
    net->log_in = sts_log_in;
    net->ud = sts;
    net_begin(net);
}

void sts_finish(struct net *net, struct sts *sts)
{
    net_done(net);
    ens_arena_free(sts->arena);
}

void sts_run(struct net *net, struct net_job *job, enum ens_mode mode, int64_t timeout_ms)
{
    struct net_job *jobs[] = {job};

    net_job_init(job, mode, "moon", "i-", 1);
    job->job.timeout_ms = timeout_ms;
    net_run(net, jobs, 1);
}

void sts_assert_message(struct net_job *job, const char *part)
{
    const char *message = ens_arena_dup(job->arena, job->results[0].message).ptr;

    if (strstr(message, part) == NULL) {
        fail_msg("%s", message);
    }
}
