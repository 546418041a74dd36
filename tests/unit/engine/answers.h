/* SPDX-License-Identifier: Apache-2.0 */
/* Helpers for the engine's tests: replies of the fake provider, and runs of a single job. */
#ifndef ENSURE_TESTS_ANSWERS_H
#define ENSURE_TESTS_ANSWERS_H

#include "fake_net.h"

void see(struct net_reply *ret, ens_str id, const char *word);
void see_all(const struct net_request *request, struct net_reply *ret, const char *word);
void refuse(struct net_reply *ret, uint32_t status, const char *code); /* replaces the reply */
bool asks_for(const struct net_request *request, const char *id);

/* Runs one job over i-1, ..., i-count, including net_begin; end() releases job and net. */
void run(struct net *net, struct net_job *job, enum ens_mode mode, size_t count);
void end(struct net *net, struct net_job *job);
void expect_all(struct net_job *job, const char *brief);

#endif
