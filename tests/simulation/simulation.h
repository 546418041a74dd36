/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run of the simulation: engines, the model of the three clouds and a clock in one thread, all
 * of it drawn from a seed. README.md says what a run draws and what it checks.
 */
#ifndef ENSURE_TESTS_SIMULATION_H
#define ENSURE_TESTS_SIMULATION_H

#include "chance.h"
#include "emulator.h"
#include "engine/engine.h"

#define SIM_FLEET_MAX     500
#define SIM_ACCOUNTS      2 /* of each cloud */
#define SIM_OPERATORS_MAX 4
#define SIM_PROCESSES_MAX 40
#define SIM_ERRANDS_MAX   256
#define SIM_START_MS      INT64_C(1788249600000) /* the run begins */
#define SIM_MONO_MS       1000000                /* how far the two clocks of a machine differ */
#define SIM_NEVER         ENS_TIME_NEVER
#define SIM_SECRETS       16 /* that were handed out last, and are looked for in all texts */

/* What can go wrong with a request. */
enum sim_fault {
    SIM_FAULT_NONE,
    SIM_FAULT_REFUSED,      /* no connection: it was not sent */
    SIM_FAULT_REQUEST_LOST, /* the cloud never sees it */
    SIM_FAULT_ANSWER_LOST,
    SIM_FAULT_LATE, /* the client gives it up, and the cloud sees it after that */
    SIM_FAULT_HANG,
    SIM_FAULT_SLOW,
    SIM_FAULT_THROTTLE,
    SIM_FAULT_HTTP, /* 5xx */
    SIM_FAULT_HTML,
    SIM_FAULT_GARBAGE,
    SIM_FAULT_CHOPPED, /* a whole HTTP reply whose JSON ends too early */
    SIM_FAULT_EMPTY,
    SIM_FAULT_XML,
    SIM_FAULT_REDIRECT,
    SIM_FAULT_HUGE,
    SIM_FAULT_HIDDEN,   /* a read that leaves out instances that are there */
    SIM_FAULT_ODD_WORD, /* a read with a status that no table has */
    SIM_FAULT_STALE,    /* reads lag behind this start */
    SIM_FAULT_HONOURED, /* a dry run that starts */
    SIM_FAULT_EXPIRED,  /* the cloud says that the keys have expired, whatever they are */
    SIM_FAULT_EXPIRES,  /* STS hands out keys, and tells another expiry */
    SIM_FAULT_COUNT,
};

/* Where the keys of an account come from. */
enum sim_source {
    SIM_SOURCE_FIXED, /* variables */
    SIM_SOURCE_ROLE,  /* STS, asked with fixed keys */
    SIM_SOURCE_TOKEN, /* STS, asked with an identity token */
    SIM_SOURCE_BOTH,  /* STS, asked with a token, and again with the keys that it gave */
    SIM_SOURCE_COUNT,
};

/* What is wrong with an STS for a while. */
enum sim_trouble {
    SIM_TROUBLE_DOWN,
    SIM_TROUBLE_SLOW,
    SIM_TROUBLE_THROTTLED,
    SIM_TROUBLE_COUNT,
};

struct sim;
struct sim_process;
struct sim_operator;

/* An instance that jobs may name, whether a cloud has it or not. */
struct sim_instance {
    enum emu_cloud cloud;
    size_t index;
    char region[16];
    size_t region_index; /* of the two of its cloud */
    char id[24];
    char account[8];
    struct emu_instance *model; /* NULL: there is none */
    bool plain;                 /* no flags, and a start makes it run */
};

/* What a job and the clouds have said to each other of one target. */
struct sim_watch {
    struct sim_job *job;
    struct sim_instance *instance;
    bool shared;    /* another job of the process has it too: their calls can't be distinguished */
    bool read_only; /* it must not be started */
    ens_str token;  /* of the plan, or of the first start; empty: none yet */

    enum ens_status seen; /* as the last good read showed it */
    bool was_read;
    int64_t read_sent_ms; /* of that read */
    unsigned negatives;   /* answers that there is no such instance */
    unsigned odd;         /* reads with an unknown word */
    bool seen_up;         /* starting or running, after a start of this job went out */

    unsigned starts;         /* sent */
    unsigned flying;         /* of them, without an answer */
    bool accepted;           /* the cloud said so */
    bool accepted_empty;     /* a reply without a body may have said so */
    bool ambiguous;          /* an answer was lost, or was none */
    int64_t loss_ms;         /* when the last one was; -1: none was */
    unsigned effects;        /* starts that happened */
    unsigned hidden_effects; /* by dry runs */

    bool dry_passed;
    bool dry_refused;
    bool dry_honoured;
    unsigned expired[ENS_CALL_KIND_COUNT];       /* answers in a row that the keys have expired */
    int64_t quiet_until_ms[ENS_CALL_KIND_COUNT]; /* the cloud asked for silence */
    bool decided;
};

struct sim_job {
    struct sim_process *process;
    struct sim_operator *owner;
    enum ens_mode mode;
    bool from_plan;
    bool no_dry_run;
    ens_job_id id;
    int64_t submitted_ms;
    int64_t deadline_ms;
    int64_t cancelled_ms; /* -1: not */
    bool done;
    bool abandoned; /* its process died */
    struct ens_arena *arena;
    size_t count;
    struct sim_watch *watches;
    struct ens_result *results;
    struct ens_job_end end;
};

/* A user or a pipeline: one or two jobs over the same targets, repeated after each kill. */
struct sim_operator {
    struct sim *sim;
    struct sim_process *process;
    size_t *targets; /* indices into the fleet */
    size_t count;
    bool plans;
    bool applies;
    bool same_process; /* the apply in the process of the plan */
    int partner;       /* whose process it shares; -1: none */
    bool no_dry_run;
    unsigned deaths; /* that are still to come */
    unsigned cancel_rate;
    unsigned audit_failures; /* per mille of the lines that can't be written */
    int64_t plan_timeout_ms;
    int64_t apply_timeout_ms;
    size_t account[EMU_CLOUDS]; /* SIM_ACCOUNTS: has no keys */
    const struct sim_job *plan; /* the saved one; NULL: none */
    bool applying;
};

/* The temporary keys that a process has for a cloud, as the replies of STS say. */
struct sim_keys {
    char access_key[64]; /* empty: it has none yet */
    int64_t expires_ms;
    int64_t renew_ms; /* no renewal before, unless a cloud refuses them */
    bool refused;     /* a cloud has said that they have expired */
    int64_t refused_ms;
    bool asking;       /* a request to STS is under way */
    int64_t denied_ms; /* when STS said that there are no others; 0: it has not */
    bool lived;        /* those it has were alive then */
    bool must_tell;    /* the same, once at least */
    bool told;         /* a warning said so */
    unsigned failures; /* requests without keys in reply */
};

/* One engine, with the environment that it is given. */
struct sim_process {
    struct sim *sim;
    size_t number;
    struct ens_engine *engine; /* NULL: gone */
    struct ens_transport transport;
    struct ens_clock clock;
    struct ens_entropy entropy;
    struct ens_environment environment;
    struct ens_audit_writer audit;
    struct sim_chance chance;
    size_t account[EMU_CLOUDS];
    struct sim_keys keys[EMU_CLOUDS];
    unsigned audit_failures; /* per mille of its lines */
    bool dead;
    bool touched;     /* wants a step */
    int64_t next_ms;  /* as its last step asked */
    int64_t ahead_ms; /* of a dead one's clock */
    /* Until when the cloud wants no call, by cloud, region (of two) and kind of call. */
    int64_t quiet_until_ms[EMU_CLOUDS][2][ENS_CALL_KIND_COUNT];
    uint64_t codes[EMU_CLOUDS]; /* errors that were told, see sim_code_bit */
    unsigned in_flight;         /* calls */
    struct sim_watch **watches; /* by the fleet's index, of the latest job; NULL: none */
    unsigned *sent_lines;       /* audit lines before a start, by the fleet's index */
    unsigned *done_lines;       /* audit lines after a start */
    unsigned *starts;           /* real starts sent */
};

/* Something that happens at a time. */
enum sim_errand_kind {
    SIM_ERRAND_JOB,    /* an operator submits its next job */
    SIM_ERRAND_CANCEL, /* of an operator's job */
    SIM_ERRAND_DEATH,  /* of an operator's process */
    SIM_ERRAND_OTHER,  /* another user starts or stops an instance */
    SIM_ERRAND_OUTAGE, /* a cloud is down for a while */
    SIM_ERRAND_STS,    /* an STS has trouble for a while */
    SIM_ERRAND_REVOKE, /* no temporary keys are good any more */
};

struct sim_errand {
    int64_t at_ms;
    enum sim_errand_kind kind;
    struct sim_operator *owner;
    struct sim_job *job; /* CANCEL, DEATH: only if it is still this one */
};

struct sim_weather {
    bool calm;                      /* nothing goes wrong, and all is as at the beginning */
    unsigned rate[SIM_FAULT_COUNT]; /* per mille of the requests */
    int64_t latency_min_ms;
    int64_t latency_max_ms;
    int64_t quota; /* requests a second of an account; 0: none */
};

struct sim {
    uint64_t seed;
    size_t fleet_limit;   /* of the fleet: to search the smallest failing form */
    uint64_t fault_limit; /* faults after so many do not happen */
    bool trace;

    int64_t now_ms;
    uint64_t events;
    uint64_t fault_count;
    uint64_t effect_count;     /* starts that happened */
    struct sim_chance chance;  /* of what is drawn before the run */
    struct sim_chance network; /* of what happens to requests */
    struct sim_chance others;  /* of what another user does */
    struct ens_arena *arena;

    struct emu_emulator emulator;
    struct ens_registry *registry;
    struct sim_weather weather;
    int64_t outage_until_ms[EMU_CLOUDS];
    int64_t quota_second[EMU_CLOUDS][SIM_ACCOUNTS];
    int64_t quota_used[EMU_CLOUDS][SIM_ACCOUNTS];

    bool temporary; /* some keys are handed out by STS */
    enum sim_source sources[EMU_CLOUDS][SIM_ACCOUNTS];
    int64_t keys_live_ms; /* 0: as long as was asked for */
    enum sim_trouble sts_trouble[EMU_CLOUDS];
    int64_t sts_trouble_until_ms[EMU_CLOUDS];
    ens_str secrets[SIM_SECRETS];
    size_t secret_count; /* so far */

    struct sim_instance fleet[SIM_FLEET_MAX];
    size_t fleet_count;
    struct sim_operator operators[SIM_OPERATORS_MAX];
    size_t operator_count;
    struct sim_process *processes[SIM_PROCESSES_MAX];
    size_t process_count;
    struct sim_job **jobs;
    size_t job_count;
    struct sim_errand errands[SIM_ERRANDS_MAX];
    size_t errand_count;
    struct ens_transfer *transfers; /* in order of sending */
};

/* Runs one seed. Does not return when an oracle fails. */
void sim_run(struct sim *sim);

/* Ends the process: the seed, the time and what went wrong. */
_Noreturn void sim_fail(const struct sim *sim, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A line of --trace. */
void sim_note(const struct sim *sim, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "cloud/region/id", in the arena of the simulation. */
const char *sim_target_text(const struct sim *sim, const struct sim_instance *instance);

#endif
