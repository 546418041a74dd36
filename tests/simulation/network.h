/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The network between the engines and the model of the clouds: the transport of a process, the fate
 * of each request, and what of it is due.
 */
#ifndef ENSURE_TESTS_SIMULATION_NETWORK_H
#define ENSURE_TESTS_SIMULATION_NETWORK_H

#include "fate.h"

/* What a reply meant for one target, as the model knows it. */
enum sim_meaning {
    SIM_MEANS_NOTHING,   /* it was not sent */
    SIM_MEANS_SHOWN,     /* a read: the status is in shown */
    SIM_MEANS_MISSING,   /* a read without it, or a code that says so */
    SIM_MEANS_ODD,       /* a read with an unknown word */
    SIM_MEANS_ACCEPTED,  /* a start, and a 2xx to a dry run */
    SIM_MEANS_EMPTY,     /* a start: a 2xx without a body, whatever happened */
    SIM_MEANS_PASSED,    /* a dry run */
    SIM_MEANS_REFUSED,   /* by a code of the cloud */
    SIM_MEANS_THROTTLED, /* refused, and asked to wait */
    SIM_MEANS_AMBIGUOUS, /* no reply, or one that says nothing */
};

struct ens_transfer {
    struct ens_transfer *next;
    struct sim *sim;
    struct sim_process *process; /* NULL: no process waits any more */
    struct emu_exchange exchange;
    bool login;         /* it goes to STS, and is about no instance */
    bool last_step;     /* of a login: the keys in its reply sign calls */
    ens_str granted;    /* the access key that STS handed out; empty: none */
    int64_t life_ms;    /* as its reply says */
    const char *signer; /* of a call: the access key; NULL: no process sent it */
    enum ens_call_kind kind;
    struct sim_fate fate;
    size_t count;
    struct sim_instance **instances;
    struct sim_watch **watches;
    enum sim_meaning *meanings;
    enum ens_status *shown;
    uint64_t *codes;       /* see sim_code_bit */
    unsigned long *starts; /* of the model, before it served the request */
    bool *gone;            /* the same: whether it was deleted */
    int64_t sent_ms;
    int64_t arrive_ms; /* SIM_NEVER: the cloud does not see it, or has seen it */
    int64_t end_ms;    /* when the client has its answer; SIM_NEVER: not known yet */
    int64_t limit_ms;  /* when the client gives up */
    bool served;
    int64_t retry_after_ms;
    enum ens_transport_end end;
    ens_transport_done_fn *done;
    void *ud;
};

/* A set of error codes is kept as bits; two codes may share one. */
uint64_t sim_code_bit(ens_str code);

void sim_network_attach(struct sim_process *process);

/* When something is due next; SIM_NEVER: nothing is under way. */
int64_t sim_network_next(const struct sim *sim);
/* Does all that is due. */
void sim_network_run(struct sim *sim);
/* Ends the transfers that no process waits for any more. */
void sim_network_done(struct sim *sim);

#endif
