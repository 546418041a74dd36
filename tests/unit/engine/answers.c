/* SPDX-License-Identifier: Apache-2.0 */
#include "answers.h"

void see(struct net_reply *ret, ens_str id, const char *word)
{
    ens_buf_addf(&ret->text, "seen %.*s %s\n", ENS_STR_ARG(id), word);
}

void see_all(const struct net_request *request, struct net_reply *ret, const char *word)
{
    for (size_t i = 0; i < request->id_count; i++) {
        see(ret, request->ids[i], word);
    }
}

void refuse(struct net_reply *ret, uint32_t status, const char *code)
{
    ret->status = status;
    ens_buf_reset(&ret->text);
    ens_buf_addf(&ret->text, "code %s\n", code);
}

/* Runs one job over count targets. */
void run(struct net *net, struct net_job *job, enum ens_mode mode, size_t count)
{
    struct net_job *jobs[] = {job};

    net_begin(net);
    net_job_init(job, mode, "moon", "i-", count);
    net_run(net, jobs, 1);
}

void end(struct net *net, struct net_job *job)
{
    net_job_done(job);
    net_done(net);
}

void expect_all(struct net_job *job, const char *brief)
{
    for (size_t i = 0; i < job->job.count; i++) {
        assert_string_equal(net_brief(job, i), brief);
    }
}

bool asks_for(const struct net_request *request, const char *id)
{
    for (size_t i = 0; i < request->id_count; i++) {
        if (ens_str_is(request->ids[i], id)) {
            return true;
        }
    }
    return false;
}
